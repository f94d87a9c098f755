import type { Page } from "playwright-core";
import { assert, assertEquals } from "../support/assert.ts";
import { lineOf, runImport, uuidOf } from "../support/history.ts";
import { startServer } from "../support/server.ts";
import { assertAccessible, openUi, uiTest } from "../support/ui.ts";
import { workflowHistory } from "../support/workflow_history.ts";

/** What screen readers say of each event, by global position. */
function eventsOf(page: Page): Promise<string[]> {
  return page.getByRole("list", { name: "Events" }).getByRole("link").evaluateAll((links) =>
    links.sort((a, b) => Number(a.dataset.position) - Number(b.dataset.position))
      .map((link) => link.getAttribute("aria-label") ?? "")
  );
}

function arrowsOf(page: Page): Promise<string[]> {
  return page.locator("svg path[data-to]").evaluateAll((paths) =>
    paths.map(({ dataset }) => `${dataset.from} ${dataset.kind} ${dataset.to}`).sort()
  );
}

/** The global position of the event that has the focus. */
function focused(page: Page): Promise<string | undefined> {
  return page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.position);
}

/** How wide the page is beyond what is seen. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

/** Lines of one story: each event with the one that caused it. */
function storyOf(
  events: readonly (readonly [stream: string, type: string, cause?: number])[],
): string {
  const positions = new Map<string, number>();
  return events.map(([stream, type, cause], index) => {
    const pos = positions.get(stream) ?? 0;
    positions.set(stream, pos + 1);
    const meta = cause === undefined ? null : {
      causationMessageStreamName: events[cause - 1]![0],
      causationMessageGlobalPosition: cause,
    };
    const gpos = index + 1;
    const time = `2026-07-15T10:00:${String(index % 60).padStart(2, "0")}Z`;
    return lineOf(gpos, { id: uuidOf(gpos), stream, type, pos, gpos, meta, time });
  }).join("");
}

uiTest("the trace shows what is related in lanes, with arrows where links point", async () => {
  await using server = await startServer();
  const history = workflowHistory();
  await runImport(server, history.lines);
  await using tab = await openUi(server, { address: "#/trace" });
  const { page } = tab;
  await page.getByText("Name a stream").waitFor();
  await assertAccessible(page);
  const asked: string[] = [];
  page.on("request", (request) => {
    if (/\/(?:related|export)$/.test(request.url())) asked.push(request.postData() ?? "");
  });
  await page.getByLabel("Streams").fill("workflow-1");
  await page.getByRole("button", { name: "Trace" }).click();
  await page.locator(".trace-bar").getByText("5 events in 2 streams").waitFor();
  assert(page.url().endsWith("#/trace?stream=workflow-1"), page.url());
  await page.locator("button:focus", { hasText: "Trace" }).waitFor();
  const customer = `customer-${history.people[0]!.email}`;
  // Links are followed once: the events of few streams are asked for by name.
  assertEquals(asked.map((body) => Object.keys(JSON.parse(body)).sort()), [
    ["relatedTo"],
    ["from", "streams", "to"],
  ]);
  assertEquals(await eventsOf(page), [
    `47 ${customer} CustomerRegistered`,
    `48 workflow-1 TaskRequested, correlated with ${customer}`,
    `49 workflow-1 TaskCompleted, caused by workflow-1, correlated with ${customer}`,
    "51 workflow-1 NextStepStarted",
    `52 workflow-1 FinalResult, correlated with ${customer}`,
  ]);
  assertEquals(
    await page.locator(".trace-scroll").evaluate((box) => box.scrollHeight - box.clientHeight),
    0,
    "nothing to scroll to",
  );
  assertEquals(await arrowsOf(page), [
    `${customer} correlation 48`,
    `${customer} correlation 49`,
    `${customer} correlation 52`,
    "workflow-1 cause 49",
  ]);
  await assertAccessible(page);
  await page.getByRole("link", { name: /^49 / }).click();
  await page.locator('a[data-position="49"][aria-current]').waitFor();
  assert(page.url().includes("event=49"), page.url());
  assertEquals(await page.locator("svg path.lit").count(), 2);
  await assertAccessible(page);
  assertEquals(await overflow(page), 0);
  await page.reload();
  await page.locator('a[data-position="49"][aria-current]').waitFor();
  // From an event, and from a filter, to the trace; from there to an export of the same.
  await page.goto(`${server.url}/ui#/events?stream=workflow-1&event=48`);
  await page.getByRole("complementary").getByRole("link", { name: "Trace" }).click();
  await page.waitForURL(/#\/trace\?stream=workflow-1&event=48$/);
  await page.locator('a[data-position="48"][aria-current]').waitFor();
  await page.goto(`${server.url}/ui#/events?stream=workflow-1`);
  await page.getByRole("form", { name: "Filters" }).getByRole("link", { name: "Trace" }).click();
  await page.waitForURL(/#\/trace\?stream=workflow-1$/);
  await page.getByText("Options").click();
  await page.getByLabel("Links away").fill("1");
  await page.getByLabel("Stop at categories").fill("tenant, b");
  await page.getByRole("button", { name: "Trace" }).click();
  await page.waitForURL(/depth=1/);
  await page.locator(".trace-bar").getByText("5 events in 2 streams").waitFor();
  await page.getByRole("link", { name: "Export these events" }).click();
  const command = page.locator(".command");
  await command.filter({ hasText: "--depth 1" }).waitFor({ state: "attached" });
  assertEquals(
    (await command.textContent())?.replace(/.*(--related-to.*) --output.*/s, "$1"),
    "--related-to workflow-1 --depth 1 --stop-at tenant --stop-at b",
  );
  await assertAccessible(page);
  assertEquals(tab.troubles, []);
});

uiTest("the trace has an axis of positions or of time, is zoomed, and is a list", async () => {
  await using server = await startServer({ testMode: true });
  await runImport(
    server,
    storyOf([["order-1", "Placed"], ["workflow-1", "Started", 1], ["order-1", "Paid", 2]]),
  );
  await using tab = await openUi(server.url, {
    address: "#/trace?stream=order-1",
    colorScheme: "dark",
  });
  const { page } = tab;
  const height = async () =>
    (await page.locator('li:has([data-position="3"])').boundingBox())!.height;
  await page.getByRole("link", { name: "2 workflow-1 Started, caused by 1, causes 3" }).waitFor();
  const before = await height();
  await page.getByRole("button", { name: "Larger" }).click();
  await page.waitForURL(/zoom=150/);
  assert(await height() > before);
  await page.keyboard.press("0");
  await page.waitForURL(/^(?!.*zoom)/);
  await page.keyboard.press("-");
  await page.waitForURL(/zoom=75/);
  await page.locator(".trace-scroll").hover();
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, 100);
  await page.keyboard.up("Control");
  await page.waitForURL(/zoom=50/);
  assert(await height() < before);
  await assertAccessible(page);
  await page.getByRole("button", { name: "time", exact: true }).click();
  await page.waitForURL(/axis=time/);
  await page.keyboard.press("0");
  await page.getByText("07-15 12:00:02").waitFor();
  await page.getByRole("button", { name: "List" }).click();
  await page.waitForURL(/as=list/);
  await page.getByText("order-1 Paid, caused by 2").waitFor();
  assertEquals(await page.locator(".trace-lines").count(), 0);
  await assertAccessible(page);
  assertEquals(tab.troubles, []);
});

uiTest("the trace is walked by keys: along time, lanes, causes and effects", async () => {
  await using server = await startServer();
  await runImport(
    server,
    storyOf([
      ["order-1", "Placed"],
      ["workflow-1", "Started", 1],
      ["payment-1", "Asked", 2],
      ["workflow-1", "Waited"],
      ["payment-1", "Paid", 3],
      ["workflow-1", "Ended", 5],
    ]),
  );
  await using tab = await openUi(server, { address: "#/trace?stream=order-1" });
  const { page } = tab;
  await page.locator(".trace-bar").getByText("6 events in 3 streams").waitFor();
  for (
    const [key, position] of [
      ...[["j", "2"], ["j", "3"], ["k", "2"], ["ArrowDown", "4"], ["ArrowDown", "6"]],
      ...[["c", "5"], ["c", "3"], ["e", "5"], ["ArrowLeft", "4"], ["ArrowLeft", "1"]],
      ...[["ArrowRight", "2"], ["ArrowUp", "2"], ["e", "3"]],
    ] as const
  ) {
    await page.keyboard.press(key!);
    await page.locator(`[data-position="${position}"]:focus`).waitFor();
  }
  await page.locator('[data-position="1"]').focus();
  await page.keyboard.press("c");
  await page.getByRole("status").getByText("No cause of it is here").waitFor();
  assertEquals(await focused(page), "1");
  await page.keyboard.press("?");
  await page.getByRole("dialog").getByText("To the cause").waitFor();
  await page.keyboard.press("Escape");
  await page.locator('[data-position="3"]').focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/event=3/);
  await page.locator('[data-position="3"][aria-current]').waitFor();
  assertEquals(await page.locator("a.dim").count(), 1);
  assertEquals(tab.troubles, []);
});

uiTest("the trace folds long lanes, and shows the first events of very many", async () => {
  await using server = await startServer();
  await runImport(
    server,
    storyOf([
      ["order-1", "Placed"],
      ...Array.from({ length: 2100 }, () => ["hub-1", "Seen"] as const),
      ["order-1", "Paid", 1000],
    ]),
  );
  await using tab = await openUi(server, { address: "#/trace?stream=order-1" });
  const { page } = tab;
  await page.getByText("Shown: 2,000 events from position 1 on.").waitFor();
  await page.locator(".trace-bar").getByText("2,102 events in 2 streams").waitFor();
  await page.getByRole("button", { name: "1,997 events… of hub-1, from 3 on" }).waitFor();
  await assertAccessible(page);
  await page.getByRole("button", { name: "1,997 events" }).click();
  await page.waitForURL(/open=hub-1/);
  await page.getByRole("link", { name: "3 hub-1 Seen", exact: true }).waitFor();
  // Of 2,000 rows, only those in sight are there.
  assert(await page.locator(".trace-rows li").count() < 100);
  const toTheEnd = () =>
    page.locator(".trace-scroll").evaluate((box) => box.scrollTo(0, box.scrollHeight));
  await toTheEnd();
  await page.getByRole("link", { name: "2000 hub-1 Seen" }).waitFor();
  await page.getByRole("link", { name: "Show the next ones" }).click();
  await page.getByRole("link", { name: "2001 hub-1 Seen" }).waitFor();
  await toTheEnd();
  await page.getByRole("link", { name: "2102 order-1 Paid, links to 1000, which is not here" })
    .waitFor();
  await page.getByRole("link", { name: "Show the first ones" }).click();
  await page.getByText("Shown: 2,000 events from position 1 on.").waitFor();
  await page.getByText("The options narrow the trace").waitFor();
  await page.getByText("Options", { exact: true }).click();
  await page.getByLabel("Leave out categories").fill("hub");
  await page.getByRole("button", { name: "Trace" }).click();
  await page.locator(".trace-bar").getByText("2 events in 1 stream").waitFor();
  // A bound of its own, as the server's million: the error says what brought so many.
  await page.goto(`${server.url}/ui#/trace?stream=order-1&eventsMax=10`);
  await page.getByRole("alert").getByText(/more than 10 events\. Most of them come from/).waitFor();
  await assertAccessible(page);
  assertEquals(tab.troubles, []);
});

uiTest("the trace says which stream is not there, and is cancelled", async () => {
  await using server = await startServer();
  await runImport(server, storyOf([["order-1", "Placed"]]));
  await using tab = await openUi(server, { address: "#/trace?stream=order-2" });
  const { page } = tab;
  await page.getByRole("alert").getByText("order-2").waitFor();
  await assertAccessible(page);
  const held = Promise.withResolvers<void>();
  await page.route("**/related", async (route) => {
    await held.promise;
    await route.continue();
  }, { times: 1 });
  await page.getByLabel("Streams").fill("order-1");
  await page.getByRole("button", { name: "Trace" }).click();
  await page.getByText("Following links").waitFor();
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.getByText("Name a stream").waitFor();
  held.resolve();
  await page.goBack();
  await page.locator(".trace-bar").getByText("1 event in 1 stream").waitFor();
  assertEquals(tab.troubles, []);
});

uiTest("the trace shows names that somebody else chose, on narrow screens too", async () => {
  await using server = await startServer();
  const hostile = "<img src=x onerror=alert(1)>,*\\-\u202e1";
  await runImport(
    server,
    storyOf([
      [hostile, "<script>alert(2)</script>"],
      ["order-1", `${"Long".repeat(200)}\u0007`, 1],
      [`other-${"x".repeat(900)}`, "Seen", 2],
    ]),
  );
  const stream = encodeURIComponent("<img src=x onerror=alert(1)>\\,\\*\\\\-\u202e1");
  for (const width of [320, 1280]) {
    await using tab = await openUi(server, {
      address: `#/trace?stream=${stream}`,
      viewport: { width, height: 800 },
    });
    const { page } = tab;
    await page.locator(".trace-bar").getByText("3 events in 3 streams").waitFor();
    const name = "1 <img src=x onerror=alert(1)>,*\\-\\u202e1 <script>alert(2)</script>";
    await page.getByRole("link", { name }).waitFor();
    await page.getByRole("link", { name: /Long\\u0007 ?, caused by 1/ }).waitFor();
    assertEquals(await overflow(page), 0);
    assertEquals(await page.locator(".trace-lines").count(), width === 320 ? 0 : 1);
    await assertAccessible(page);
    assertEquals(tab.troubles, []);
  }
});
