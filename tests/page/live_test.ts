import { createToken } from "../../src/auth/create_token.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { startKillableServer } from "../support/killable_server.ts";
import { rpc, startServer, type TestServer } from "../support/server.ts";
import { assertAccessible, openUi, type Tab, uiTest } from "../support/ui.ts";

type Page = Tab["page"];

/** Writes events to a stream. */
async function write(
  server: Pick<TestServer, "url" | "token">,
  stream: string,
  count: number,
  type = "Placed",
): Promise<void> {
  for (let written = 0; written < count; written++) {
    await rpc(server, "stream.write", stream, { type, data: { count: written } });
  }
}

/** Imports events, whose streams are numbered, from a global position on. */
async function importEvents(
  server: Pick<TestServer, "url" | "token">,
  { count, from, category = "bulk", force = false, type = "Counted" }: {
    count: number;
    from: number;
    category?: string;
    force?: boolean;
    type?: string;
  },
): Promise<void> {
  const lines = Array.from({ length: count }, (_, index) =>
    JSON.stringify({
      id: crypto.randomUUID(),
      stream: `${category}-${from + index}`,
      type,
      pos: 0,
      gpos: from + index,
      data: { index },
      meta: null,
      time: "2026-07-15T10:00:00Z",
    }));
  const response = await fetch(`${server.url}/import${force ? "?force=true" : ""}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${server.token}` },
    body: lines.join("\n"),
  });
  assertMatch(await response.text(), /"done":true/);
}

const rows = (page: Page) => page.locator(".live-list li");

/** Waits until events of these global positions are shown, and no others. */
const shows = (page: Page, positions: readonly number[]) =>
  page.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll(".live-list li .at")].map((at) => at.textContent).join() ===
        wanted,
    positions.join(),
  );

/** The numbers from one to another. */
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** Goes to an address, and waits until it is followed. */
async function follow(page: Page, hash: string): Promise<void> {
  const followed = page.waitForResponse((response) => response.url().includes("/subscribe?"));
  await page.evaluate((hash) => location.hash = hash, hash);
  await followed;
}

const following = (page: Page) => page.locator(".list-status").getByText("Following").waitFor();

/** Waits until it says how many events there were. */
const counted = (page: Page, text: string) =>
  page.locator(".list-status").getByText(text, { exact: true }).waitFor();

uiTest(
  "Live shows what is written, pauses, counts meanwhile and goes on without a gap",
  async () => {
    await using server = await startServer();
    await write(server, "orders-1", 3);
    await using tab = await openUi(server, { address: "#/live" });
    const { page } = tab;
    await following(page);
    // What was there before gives a place to begin with.
    await rows(page).nth(2).waitFor();
    await write(server, "orders-2", 5);
    await counted(page, "5 new events");
    await rows(page).nth(7).waitFor();
    await shows(page, range(1, 8));
    await assertAccessible(page);

    await page.keyboard.press(" ");
    await page.getByRole("status").filter({ hasText: "Paused" }).waitFor({ state: "attached" });
    await write(server, "orders-3", 37);
    const goOn = page.getByRole("button", { name: "Go on: 37 new events" });
    await goOn.waitFor();
    assertEquals(await rows(page).count(), 8);
    await assertAccessible(page);
    await page.keyboard.press(" ");
    await rows(page).nth(44).waitFor();
    await shows(page, range(1, 45));
    const list = page.getByRole("region", { name: "Newest events" });
    const fromEnd = () =>
      list.evaluate(({ scrollHeight, scrollTop, clientHeight }) =>
        scrollHeight - scrollTop - clientHeight
      );
    assert(await fromEnd() < 2, "it is at the end");

    // Whoever scrolls up is not torn away, and goes on at the end.
    await list.hover();
    await page.mouse.wheel(0, -400);
    await page.locator(".list-status").getByText("Paused").waitFor();
    await write(server, "orders-4", 2);
    await page.getByRole("button", { name: "Go on: 2 new events" }).waitFor();
    assertEquals(await rows(page).count(), 45);
    await page.mouse.wheel(0, 10_000);
    await following(page);
    await rows(page).nth(46).waitFor();
    assert(await fromEnd() < 2, "it is at the end again");

    // By keyboard, to an event that is opened.
    await page.keyboard.press("k");
    await page.keyboard.press("k");
    assertEquals(await page.evaluate(() => document.activeElement?.textContent), "46");
    await page.keyboard.press("Enter");
    await page.locator('.live-list li[aria-current="true"]').waitFor();
    assertMatch(page.url(), /#\/live\?.*event=46/);
    // No key has two meanings, also with the panel beside the view.
    await page.getByRole("complementary").getByText("In its stream").waitFor();
    await page.keyboard.press("?");
    const help = page.getByRole("dialog", { name: "Keys" });
    await help.getByText("Previous event of its stream").waitFor();
    const keys = await help.locator("kbd").allTextContents();
    assertEquals(keys.toSorted(), [...new Set(keys)].toSorted());
    await page.keyboard.press("Escape");
    await help.waitFor({ state: "detached" });
    // Space presses the button that has the focus, once.
    await page.getByRole("button", { name: "Go on" }).focus();
    await page.keyboard.press(" ");
    await following(page);
    assertEquals(page.url().includes(server.token), false);
    assertEquals(tab.troubles, []);
  },
);

uiTest(
  "Live follows a category, a stream, a type and a text, hostile names among them",
  async () => {
    await using server = await startServer();
    const hostile = "<img src=x onerror=alert(1)>-\u202e*,\\1";
    await using tab = await openUi(server, { address: "#/live?category=orders" });
    const { page } = tab;
    await following(page);
    await write(server, "other-1", 2);
    await write(server, "orders-1", 2);
    await counted(page, "2 new events");
    await shows(page, [3, 4]);

    const exact = hostile.replace(/[*\\,]/g, "\\$&");
    await follow(page, `#/live?${new URLSearchParams({ stream: exact })}`);
    await write(server, hostile, 2);
    await write(server, "orders-1", 1);
    await counted(page, "2 new events");
    await shows(page, [5, 6]);
    await page.getByText("<img src=x onerror=alert(1)>-\\u202e*,\\1").first().waitFor();

    await follow(page, "#/live?category=orders,other&type=Pa*&text=count");
    await write(server, "orders-1", 3, "Paid");
    await write(server, "other-1", 2, "Placed");
    await write(server, "other-2", 2, "Packed");
    await counted(page, "5 new events");
    await rows(page).nth(4).waitFor();
    await shows(page, [8, 9, 10, 13, 14]);
    await assertAccessible(page);

    // No such name can be: the server says so.
    await follow(page, `#/live?stream=${"x".repeat(1025)}`);
    await page.getByRole("alert").filter({ hasText: "1,024" }).or(
      page.getByRole("alert").filter({ hasText: "1024" }),
    ).waitFor();
    assertEquals(tab.troubles, []);
  },
);

uiTest("Live counts each event of a burst, keeps the newest and leads to the others", async () => {
  await using server = await startServer();
  await write(server, "orders-1", 1);
  await using tab = await openUi(server, { address: "#/live" });
  const { page } = tab;
  await following(page);
  await importEvents(server, { count: 10_000, from: 1001 });
  await counted(page, "10,000 new events");
  await shows(page, range(10_501, 11_000));
  const earlier = page.getByText("9,500 earlier events");
  await earlier.waitFor();
  assertEquals(
    await page.getByRole("link", { name: "show in Events" }).getAttribute("href"),
    "#/events?at=2",
  );

  // A filter has to look at all of them.
  await follow(page, "#/live?text=%22index%22");
  await importEvents(server, { count: 3000, from: 20_001 });
  await counted(page, "3,000 new events");
  await shows(page, range(22_501, 23_000));

  // What is imported at lower positions is not at the end, and is not kept quiet about.
  await importEvents(server, { count: 30, from: 12_001, category: "late" });
  await page.getByText("30 events came in at earlier positions").waitFor();
  await shows(page, range(22_501, 23_000));
  assertEquals(tab.troubles, []);
});

uiTest(
  "Live goes on after the last event when the server was killed, silent, or the tab hidden",
  async () => {
    await using server = await startKillableServer();
    await write(server, "orders-1", 2);
    await using tab = await openUi(server, { address: "#/live" });
    const { page } = tab;
    const subscriptions: (string | undefined)[] = [];
    page.on("request", (request) => {
      if (request.url().includes("/subscribe")) {
        subscriptions.push(request.headers()["last-event-id"]);
      }
    });
    await page.reload();
    await following(page);
    await write(server, "orders-2", 3);
    await counted(page, "3 new events");

    await server.kill();
    await page.getByRole("alert").filter({ hasText: "The server does not respond" }).waitFor();
    await page.locator(".list-status").getByText("Connecting…").waitFor();
    await assertAccessible(page);
    await server.start();
    await write(server, "orders-3", 4);
    await counted(page, "7 new events");
    await rows(page).nth(8).waitFor();
    await shows(page, range(1, 9));
    await page.getByRole("alert").waitFor({ state: "detached" });
    assertEquals([...new Set(subscriptions)], ["2", "5"]);

    // The tab is hidden: the connection is given back, and what came meanwhile is there afterwards.
    const setHidden = (isHidden: boolean) =>
      page.evaluate((hidden) => {
        Object.defineProperty(document, "visibilityState", {
          configurable: true,
          get: () => hidden ? "hidden" : "visible",
        });
        document.dispatchEvent(new Event("visibilitychange"));
      }, isHidden);
    const ended = page.waitForEvent(
      "requestfailed",
      (request) => request.url().includes("/subscribe"),
    );
    await setHidden(true);
    await ended;
    const before = subscriptions.length;
    await write(server, "orders-4", 2);
    assertEquals([subscriptions.length, await rows(page).count()], [before, 9]);
    await setHidden(false);
    await counted(page, "9 new events");
    assertEquals(subscriptions.at(-1), "9");

    // A connection on which not even heartbeats come any more is left; so is one from before an hour's sleep.
    await page.clock.install();
    const left = page.waitForEvent(
      "requestfailed",
      (request) => request.url().includes("/subscribe"),
    );
    await page.clock.fastForward(3_600_000);
    await left;
    await page.clock.runFor(1000);
    await write(server, "orders-5", 1);
    await counted(page, "10 new events");
    assertEquals(subscriptions.at(-1), "11");
    assertEquals(tab.troubles, []);
  },
);

uiTest(
  "Live goes on with a new token, and says when the namespace was replaced under it",
  async () => {
    await using server = await startServer();
    const token = createToken("shop");
    await rpc(server, "ns.create", "shop", { token });
    const shop = { url: server.url, token };
    await importEvents(shop, { count: 50, from: 1 });
    await using tab = await openUi(shop, { address: "#/live?ns=shop" });
    const { page } = tab;
    await following(page);
    await write(shop, "orders-1", 2);
    await counted(page, "2 new events");

    // The connection ends with the token, at the next heartbeat or as here by a reload of the stream.
    const { token: other } = await rpc<{ token: string }>(server, "ns.rotateToken", "shop");
    const rotated = { url: server.url, token: other };
    await write(rotated, "orders-1", 3);
    const dialog = page.getByRole("dialog", { name: "The token is no longer valid" });
    await dialog.waitFor();
    await dialog.getByLabel("Token", { exact: true }).fill(other);
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    await counted(page, "5 new events");
    await page.waitForFunction(() =>
      document.querySelector(".live-list li:last-child .at")?.textContent === "55"
    );

    // A forced import tells of nothing that was seen before: the next heartbeat shows what is there. One that
    // leaves more is heard of at once.
    await page.clock.install();
    await importEvents(rotated, { count: 10, from: 1, force: true, category: "less" });
    await page.clock.fastForward(60_000);
    await page.getByText("The namespace was replaced").waitFor();
    await shows(page, range(1, 10));
    await page.getByText("less-10").first().waitFor();
    const { globalPosition } = await rpc<{ globalPosition: number }>(
      rotated,
      "stream.write",
      "orders-9",
      { type: "Placed", data: {} },
    );
    await counted(page, "1 new event");
    await shows(page, [...range(1, 10), globalPosition]);
    await importEvents(rotated, { count: 200, from: 1, force: true, category: "more" });

    await shows(page, range(1, 200));
    await page.getByText("more-200").first().waitFor();
    assertEquals(tab.troubles, []);
  },
);
