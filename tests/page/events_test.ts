/// <reference lib="dom" />
import type { Page } from "playwright-core";
import { createToken } from "../../src/auth/create_token.ts";
import { openStore } from "../../src/store/open.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { lineOf, runImport } from "../support/history.ts";
import { importManyEvents } from "../support/many_events.ts";
import { rpc, startServer, type TestServer, withToken } from "../support/server.ts";
import { assertAccessible, openUi, uiTest } from "../support/ui.ts";

/** What a list shows. */
interface Shown {
  /** The lines that are seen, from the top: global positions, and texts of gaps. */
  lines: string[];
  /** Rows that there are in the document. */
  drawn: number;
  /** The scroll bar: from 0, at the start, to 1. */
  share: number;
  /** Whether something is wider than the window. */
  isWide: boolean;
}

function shown(page: Page): Promise<Shown> {
  return page.evaluate((): Shown => {
    const list = document.querySelector(".event-list");
    if (list === null) return { lines: [], drawn: 0, share: 0, isWide: false };
    const heads = list.querySelector(".heads")!.getBoundingClientRect();
    const { top, bottom } = list.getBoundingClientRect();
    const lines = [...list.querySelectorAll(".lines > *")];
    const seen = lines.filter((line) => {
      const box = line.getBoundingClientRect();
      return box.top > top + heads.height - 2 && box.bottom < bottom + 2;
    });
    return {
      lines: seen.map((line) => line.querySelector("a, span")!.textContent!),
      drawn: lines.length,
      share: list.scrollTop / Math.max(1, list.scrollHeight - list.clientHeight),
      isWide: document.documentElement.scrollWidth > innerWidth,
    };
  });
}

/** Waits until a list shows what is expected. */
async function until(page: Page, isThere: (shown: Shown) => boolean): Promise<Shown> {
  const end = Date.now() + 30_000;
  for (;;) {
    const now = await shown(page);
    if (isThere(now)) return now;
    if (Date.now() > end) throw new Error(`The list shows ${JSON.stringify(now)}`);
    await page.waitForTimeout(20);
  }
}

/** Waits until the first line is this one. */
function untilFirst(page: Page, first: number | string): Promise<Shown> {
  return until(page, ({ lines }) => lines[0] === String(first));
}

/** Waits until a list shows the same several times in a row: where it was dragged to, pages are still loaded. */
async function atRest(page: Page): Promise<Shown> {
  let same = 0;
  let first = "";
  return await until(page, ({ lines }) => {
    same = lines[0] === first ? same + 1 : 0;
    first = lines[0]!;
    return same === 20 && page.url().endsWith(`at=${first}`);
  });
}

/** Fails where events are missing between the first and the last one that are seen. */
function assertContiguous({ lines, drawn }: Shown): void {
  const first = Number(lines[0]);
  assertEquals(lines, lines.map((_, i) => String(first + i)));
  assert(lines.length > 5 && drawn < 120, `${lines.length} lines, ${drawn} drawn`);
}

async function goTo(page: Page, address: string): Promise<void> {
  await page.evaluate((hash) => location.hash = hash, address);
}

const many = 1_000_000;
let manyStarted: Promise<TestServer> | undefined;
const resources = new AsyncDisposableStack();

/** A server with 1,000,000 events, one for all tests of this file. */
function manyServer(): Promise<TestServer> {
  return manyStarted ??= (async () => {
    const store = resources.use(await openStore("sqlite://memory"));
    const server = resources.use(await startServer({ testMode: true, store }));
    const needleOf = (n: number) => n % 400_000 === 777 ? '{"needle":"Straße"}' : undefined;
    await importManyEvents(store, "default", many, needleOf);
    const { messageCount } = await rpc<{ messageCount: number }>(server, "ns.info", "default");
    assertEquals(messageCount, many);
    return server;
  })();
}

Deno.test.afterAll(() => resources.disposeAsync());

uiTest("the list shows any of 1,000,000 events without loading those between", async () => {
  const server = await manyServer();
  await using tab = await openUi(server.url, { token: null, address: "#/events" });
  const { page } = tab;
  const searches: string[] = [];
  page.on("request", (request) => {
    const body = request.postData() ?? "";
    if (body.includes("ns.search")) searches.push(body);
  });
  assertContiguous(await untilFirst(page, 1));
  await page.getByText("1,000,000 events up to position 1,000,000").waitFor();
  await assertAccessible(page);

  // The wheel moves by pixels, down and up, over the seams of pages.
  await page.mouse.move(600, 400);
  for (let i = 0; i < 20; i++) {
    await page.mouse.wheel(0, 700);
    assertContiguous(await until(page, ({ lines }) => lines.length > 20));
  }
  const below = await until(page, ({ lines }) => Number(lines[0]) >= 499);
  assertContiguous(below);
  await page.waitForURL(/at=5\d\d$/);
  for (let i = 0; i < 25; i++) await page.mouse.wheel(0, -700);
  assertEquals((await untilFirst(page, 1)).share, 0);

  // To the end and back by keys.
  await page.locator(".event-list").focus();
  await page.keyboard.press("End");
  const last = await until(page, ({ lines }) => lines.at(-1) === String(many));
  assertContiguous(last);
  assertEquals(last.share, 1);
  for (let i = 0; i < 10; i++) await page.mouse.wheel(0, -700);
  assertContiguous(await until(page, ({ lines }) => Number(lines[0]) < many - 250));
  await page.keyboard.press("Home");
  await untilFirst(page, 1);

  // The scroll bar, dragged: the middle of it is the middle of the positions.
  await page.evaluate(() => {
    const list = document.querySelector(".event-list")!;
    list.scrollTop = (list.scrollHeight - list.clientHeight) / 2;
  });
  await until(page, ({ lines }) => lines.length > 20 && Number(lines[0]) > 1000);
  const middle = await atRest(page);
  assert(Math.abs(Number(middle.lines[0]) - many / 2) < 100, middle.lines[0]);
  assertContiguous(middle);
  await page.waitForURL(/at=(49|50)\d{4}$/);
  for (let i = 0; i < 20; i++) await page.mouse.wheel(0, -700);
  const above = await until(page, ({ lines }) => Number(lines[0]) < Number(middle.lines[0]) - 490);
  assertContiguous(above);
  assert(Math.abs(above.share - 0.5) < 0.01, String(above.share));

  // By position; an open event, and "back".
  await goTo(page, "#/events?at=777777");
  await untilFirst(page, 777_777);
  await page.getByRole("link", { name: "777780", exact: true }).click();
  await page.waitForURL(/event=777780/);
  assertEquals((await shown(page)).lines[0], "777777");
  await page.locator('.event[aria-selected="true"]').waitFor();
  await page.goBack();
  await page.waitForURL((url) => !url.hash.includes("event="));
  await goTo(page, "#/events?at=1000000");
  await until(page, ({ lines }) => lines.at(-1) === String(many));
  assert(searches.length < 60, `${searches.length} calls`);
  assertEquals(tab.troubles, []);
});

/** Imports events at these global positions, in streams of ten. */
async function importAt(
  server: Pick<TestServer, "url" | "token">,
  positions: readonly number[],
  { query = "", changed = {} }: { query?: string; changed?: Record<string, unknown> } = {},
): Promise<void> {
  const lines = positions.map((gpos, index) =>
    lineOf(gpos, {
      gpos,
      stream: `sparse-${Math.floor(index / 10)}`,
      pos: index % 10,
      ...changed,
    })
  );
  assertEquals((await runImport(server, lines.join(""), query)).imported, positions.length);
}

uiTest("the list says which positions are missing, and follows what becomes of them", async () => {
  await using server = await startServer({ testMode: true });
  await rpc(server, "ns.create", "copy");
  const copy = withToken(server, createToken("copy"));
  await importAt(copy, [47, 48, 5_000_000]);
  await using tab = await openUi(server.url, { token: null, address: "#/events?ns=copy" });
  const { page } = tab;
  const expected = [
    "1–46 are not in this copy",
    "47",
    "48",
    "49–4999999 are not in this copy",
    "5000000",
  ];
  assertEquals((await until(page, ({ lines }) => lines.length === 5)).lines, expected);
  await assertAccessible(page);
  // It grows.
  await rpc(copy, "stream.write", "sparse-9", { type: "Written", data: {} });
  assertEquals((await until(page, ({ lines }) => lines.length === 6)).lines, [
    ...expected,
    "5000001",
  ]);
  // Others take their place, at the same positions and more.
  await importAt(copy, [47, 48, 50, 5_000_000, 5_000_001, 5_000_002], {
    query: "force=true",
    changed: { type: "Replaced" },
  });
  await page.getByRole("gridcell", { name: "Replaced" }).nth(5).waitFor();
  assertEquals((await shown(page)).lines.slice(0, 5), [
    "1–46 are not in this copy",
    "47",
    "48",
    "49 is not in this copy",
    "50",
  ]);
  await importAt(copy, [7], { query: "force=true" });
  await until(page, ({ lines }) => lines.join() === "1–6 are not in this copy,7");
  // And they go.
  await rpc(server, "ns.delete", "copy");
  await page.getByText(/namespace/i).and(page.locator("p")).first().waitFor();
  assertEquals(tab.troubles, []);
});

uiTest("a sparse copy scrolls by the pixel and jumps in proportion", async () => {
  await using server = await startServer({ testMode: true });
  const step = 500;
  await importAt(server, Array.from({ length: 10_000 }, (_, i) => (i + 1) * step));
  await using tab = await openUi(server.url, { token: null, address: "#/events?at=2500000" });
  const { page } = tab;
  const isWhole = ({ lines }: Shown) => {
    const positions = lines.filter((line) => /^\d+$/.test(line)).map(Number);
    return positions.length > 8 && positions.every((one, i) => one === positions[0]! + i * step);
  };
  const at = await until(page, ({ lines }) => lines[0] === "2500000");
  assert(isWhole(at));
  await page.mouse.move(600, 400);
  for (let i = 0; i < 15; i++) await page.mouse.wheel(0, -600);
  const before = 2_500_000 - 150 * step;
  assert(isWhole(
    await until(page, ({ lines }) => lines.some((line) => Number(line) < before)),
  ));
  await page.locator(".event-list").focus();
  await page.keyboard.press("End");
  const end = await until(page, ({ lines }) => lines.at(-1) === "5000000");
  assert(isWhole(end));
  await page.keyboard.press("Home");
  const start = await until(page, ({ lines }) => lines[0] === "1–499 are not in this copy");
  assert(isWhole(start) && start.share === 0);
  assertEquals(tab.troubles, []);
});

uiTest("filters are in the address, suggest names, and say how far a search has come", async () => {
  const server = await manyServer();
  await using tab = await openUi(server.url, { token: null, address: "#/events?zone=utc" });
  const { page } = tab;
  await untilFirst(page, 1);
  const field = (name: string) => page.getByLabel(name, { exact: true });
  // Category and type: 4 mod 5 and 3 mod 4.
  await field("Category").focus();
  await page.locator('#filter-category-list option[value="shipment"]').waitFor({
    state: "attached",
  });
  await field("Category").fill("shipment");
  await page.keyboard.press("Enter");
  await untilFirst(page, 4);
  await field("Type").fill("Cl*");
  await page.keyboard.press("Enter");
  assertEquals((await untilFirst(page, 19)).lines.slice(0, 3), ["19", "39", "59"]);
  await page.getByText(/^Looked at positions up to [\d,]+ of 1,000,000, \d+ found$/).first()
    .waitFor();
  assertStringIncludes(page.url(), "category=shipment&type=Cl*");
  await assertAccessible(page);
  // Far away: upward, too.
  await goTo(page, "#/events?zone=utc&category=shipment&type=Cl*&at=500000");
  await untilFirst(page, 500_019);
  await page.mouse.move(600, 400);
  for (let i = 0; i < 10; i++) await page.mouse.wheel(0, -700);
  const above = await until(page, ({ lines }) => Number(lines[0]) < 495_500);
  assertEquals(above.lines.map(Number), above.lines.map((_, i) => Number(above.lines[0]) + 20 * i));

  // Each is taken away by itself; a window of time in the zone that is shown.
  await page.getByRole("button", { name: "Clear Category" }).click();
  await untilFirst(page, 3);
  await page.getByRole("button", { name: "Clear Type" }).click();
  await untilFirst(page, 1);
  await field("Since").fill("yesterday");
  await page.keyboard.press("Enter");
  await page.getByText("No time: 2026-07-15 10:00 is one").waitFor();
  await assertAccessible(page);
  await field("Since").fill("2026-01-02 00:00:10");
  await page.keyboard.press("Enter");
  await untilFirst(page, 86_410);
  await field("Until").fill("2026-01-02T00:00:13Z");
  await page.keyboard.press("Enter");
  await until(page, ({ lines }) => lines.join() === "86410,86411,86412");
  await page.getByText("3 events found").first().waitFor();
  assertStringIncludes(page.url(), "since=2026-01-02T00%3A00%3A10Z");
  await page.getByRole("button", { name: "Clear all" }).click();
  await untilFirst(page, 1);

  // Streams by pattern, and one by the beginning of its name.
  await field("Stream").focus();
  await field("Stream").pressSequentially("payment-999");
  await page.locator('#filter-stream-list option[value="payment-9990"]').waitFor({
    state: "attached",
  });
  await field("Stream").fill("payment-999*");
  await page.keyboard.press("Enter");
  await until(page, ({ lines }) => lines[0] === "99902");
  await page.getByRole("button", { name: "Clear Stream" }).click();

  // A text, in any case; what goes on can be stopped, and goes on.
  await field("Text").fill("STRASSE");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText(/^Looked at positions up to [\d,]+ of 1,000,000, \d found$/).first()
    .waitFor();
  await assertAccessible(page);
  await page.getByRole("button", { name: "Continue" }).click();
  await until(page, ({ lines }) => lines.join() === "777,400777,800777");
  await page.getByText("3 events found").first().waitFor();

  // Nothing.
  await field("Text").fill("no such text");
  await page.keyboard.press("Enter");
  await page.getByText("No event is like this.").waitFor();
  await assertAccessible(page);
  await page.getByRole("button", { name: "Show all events" }).click();
  await untilFirst(page, 1);
  assertEquals(tab.troubles, []);
});

uiTest("the list works by keys alone, at 320 pixels, in the dark, with hostile names", async () => {
  await using server = await startServer({ testMode: true });
  const names = ["<img src=x onerror=alert(1)>-1", "a\u202eb-\u200b1", "javascript:alert(1)-2"];
  const lines = Array.from({ length: 60 }, (_, i) =>
    lineOf(i + 1, {
      stream: names[i % 3],
      pos: Math.floor(i / 3),
      type: i % 2 === 0 ? "<script>alert(1)</script>" : "T\u2066x".repeat(40),
      data: { html: "<b>bold</b>", long: "y".repeat(5000), bidi: "\u202e" },
    }));
  assertEquals((await runImport(server, lines.join(""))).imported, 60);
  await using tab = await openUi(server.url, {
    token: null,
    address: "#/events",
    viewport: { width: 320, height: 640 },
    colorScheme: "dark",
  });
  const { page } = tab;
  const first = await untilFirst(page, 1);
  assert(!first.isWide && first.lines.length > 6, JSON.stringify(first));
  const row = page.locator("#event-2");
  assertEquals((await row.boundingBox())!.height, 48);
  assertEquals(await page.locator("#event-2 .where").innerText(), "a\\u202eb-\\u200b1");
  assertEquals(await page.locator(".event-list img, .event-list b").count(), 0);
  await assertAccessible(page);
  // Down by keys, until the list has scrolled; the row that is meant is told to screen readers.
  for (let i = 0; i < 20; i++) await page.keyboard.press("j");
  await page.keyboard.press("k");
  await page.locator("#event-19.cursor").waitFor();
  const below = await until(page, ({ lines }) => lines.includes("19"));
  assert(Number(below.lines[0]) > 5);
  const list = page.getByRole("grid", { name: "Events, oldest first" });
  assertEquals(await list.getAttribute("aria-activedescendant"), "event-19");
  assertEquals(await page.locator("#event-19").getAttribute("aria-rowindex"), "20");
  await list.focus();
  await page.keyboard.press("PageUp");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(/event=/);
  const opened = Number(/event=(\d+)/.exec(page.url())![1]);
  assert(opened < 16, page.url());
  // The panel has taken the focus, and its keys work.
  await page.locator(".event-panel:focus, .event-panel :focus").first().waitFor();
  await page.keyboard.press("Escape");
  await page.waitForURL((url) => !url.hash.includes("event="));
  await page.keyboard.press("G");
  await until(page, ({ lines }) => lines.at(-1) === "60");
  await page.keyboard.press("g");
  await untilFirst(page, 1);
  // Filters open, and are tidy.
  await page.getByRole("button", { name: "Filters" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.type("javascript:alert(1)");
  await page.keyboard.press("Enter");
  await untilFirst(page, 3);
  assert(!(await shown(page)).isWide);
  await page.getByRole("button", { name: "1 filter" }).waitFor();
  assert((await page.locator(".filter-type").boundingBox())!.height < 40);
  await assertAccessible(page);
  // A namespace without events says what to do.
  await rpc(server, "ns.create", "empty");
  await goTo(page, "#/events?ns=empty");
  await page.getByText(/^eventodb import --url http/).waitFor();
  assert(!(await shown(page)).isWide);
  await assertAccessible(page);
  assertEquals(tab.troubles, []);
});
