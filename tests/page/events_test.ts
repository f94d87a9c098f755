/// <reference lib="dom" />
import type { Page } from "playwright-core";
import { assert, assertEquals } from "../support/assert.ts";
import { runImport } from "../support/history.ts";
import { manyEvents } from "../support/many_events.ts";
import { startServer, type TestServer } from "../support/server.ts";
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

/** A server with 1,000,000 events, one for all tests of this file. */
function manyServer(): Promise<TestServer> {
  return manyStarted ??= (async () => {
    const server = await startServer({ testMode: true, files: true });
    const needleOf = (n: number) => n % 400_000 === 777 ? '{"needle":"Straße"}' : undefined;
    assertEquals((await runImport(server, manyEvents(many, needleOf))).imported, many);
    return server;
  })();
}

Deno.test.afterAll(async () => {
  await (await manyStarted)?.[Symbol.asyncDispose]();
});

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
  const middle = await until(page, ({ lines }) => lines.length > 20 && Number(lines[0]) > 1000);
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
