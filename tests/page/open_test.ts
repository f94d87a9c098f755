import { createToken } from "../../src/auth/create_token.ts";
import type { Log } from "../../src/log.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { startKillableServer } from "../support/killable_server.ts";
import { rpc, startServer } from "../support/server.ts";
import { assertAccessible, openUi, type Tab, uiTest } from "../support/ui.ts";

type Page = Tab["page"];

/** Gives a token, as somebody does who has copied it. */
async function giveToken(page: Page, text: string): Promise<void> {
  const field = page.getByLabel("Token", { exact: true });
  await field.fill(text);
  await field.press("Enter");
}

/** Where a token would be found by whoever looks at the tab, its history or its neighbours. */
function tracesOf(page: Page): Promise<string> {
  return page.evaluate(() =>
    [
      location.href,
      document.title,
      document.cookie,
      document.documentElement.outerHTML,
      JSON.stringify({ ...globalThis.localStorage }),
      ...performance.getEntriesByType("resource").map(({ name }) => name),
    ].join("\n")
  );
}

const storedTokens = (page: Page) =>
  page.evaluate(() => JSON.parse(sessionStorage.getItem("eventodb.tokens") ?? "{}"));

uiTest("the page asks for a token, keeps it in the tab alone, and forgets it", async () => {
  const logged: string[] = [];
  const log: Log = {
    enabled: () => true,
    write: (...line) => void logged.push(JSON.stringify(line)),
  };
  await using server = await startServer({ log });
  await using tab = await openUi(server, {
    token: null,
    address: `?token=${server.token}#/overview?zone=utc&x=${server.token}`,
  });
  const { page } = tab;
  await page.getByLabel("Token", { exact: true }).waitFor();
  // Where other endpoints take one, it does not stay.
  assertEquals(page.url(), `${server.url}/ui#/overview?zone=utc`);
  await giveToken(page, "ns_nonsense");
  await page.getByText("This is not a token").waitFor();
  await assertAccessible(page);
  await giveToken(page, createToken("default"));
  await page.getByRole("alert").filter({ hasText: "The token is not valid here" }).waitFor();
  await giveToken(page, `export EVENTODB_TOKEN="${server.token}"`);
  await page.getByRole("heading", { name: "default" }).waitFor();
  assertEquals(page.url(), `${server.url}/ui#/overview?zone=utc&ns=default`);
  assertEquals(await storedTokens(page), { default: server.token });
  assertEquals((await tracesOf(page)).includes(server.token), false);
  await assertAccessible(page);

  // Another tab has a storage of its own.
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.getByRole("heading", { name: "Open default" }).waitFor();
  await other.close();
  await page.reload();
  await page.getByRole("heading", { name: "default" }).waitFor();

  await page.keyboard.press("m");
  await page.getByRole("button", { name: "Sign out of default" }).click();
  await page.getByRole("heading", { name: "Open default" }).waitFor();
  assertEquals(await storedTokens(page), {});
  assertEquals(logged.filter((line) => line.includes(server.token)), []);
  assertEquals(tab.troubles, []);
});

uiTest("a tab has several namespaces, whatever they are called", async () => {
  const names = [
    "__proto__",
    "constructor",
    "<img src=x onerror=alert(1)>",
    "\u202eevil",
    "a/b?c#d",
  ];
  await using server = await startServer();
  const tokens = new Map<string, string>();
  for (const name of names) {
    const { token } = await rpc<{ token: string }>(server, "ns.create", name);
    tokens.set(name, token);
  }
  // The address names one whose token is not known, and is like a property that all objects have.
  await using tab = await openUi(server, { address: "#/events?ns=constructor&category=orders" });
  const { page } = tab;
  await page.getByRole("heading", { name: "Open constructor" }).waitFor();
  await page.getByRole("link", { name: "default" }).waitFor();
  await giveToken(page, tokens.get("__proto__")!);
  await page.getByText('This token is of the namespace "__proto__"').waitFor();
  await assertAccessible(page);
  await page.getByRole("button", { name: "Open __proto__ instead" }).click();
  await page.getByRole("heading", { name: "__proto__" }).waitFor();
  await page.goBack();
  await giveToken(page, tokens.get("constructor")!);
  await page.getByRole("button", { name: "Namespace constructor" }).waitFor();
  // It is what the address named all along.
  assertStringIncludes(page.url(), "#/events?ns=constructor&category=orders");
  for (const name of names) {
    await page.keyboard.press("m");
    const dialog = page.getByRole("dialog", { name: "Namespaces" });
    await dialog.getByLabel("Token", { exact: true }).fill(tokens.get(name)!);
    await dialog.getByLabel("Token", { exact: true }).press("Enter");
    await dialog.waitFor({ state: "detached" });
    await page.locator(".namespace bdi", { hasText: name }).waitFor();
  }
  await page.keyboard.press("m");
  const dialog = page.getByRole("dialog", { name: "Namespaces" });
  assertEquals(
    (await dialog.getByRole("link").allTextContents()).toSorted(),
    ["default", ...names].toSorted(),
  );
  await assertAccessible(page);
  await dialog.getByRole("link", { name: "__proto__" }).click();
  await page.getByRole("heading", { name: "__proto__" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "__proto__" }).waitFor();
  await page.goBack();
  await page.locator(".namespace bdi", { hasText: "a/b?c#d" }).waitFor();
  assertEquals(tab.troubles, []);
});

uiTest(
  "a token that is replaced under the page is asked for again, and the page goes on",
  async () => {
    await using server = await startServer();
    const { token } = await rpc<{ token: string }>(server, "ns.create", "shop");
    const shop = { url: server.url, token };
    await rpc(shop, "stream.write", "orders-1", { type: "Placed", data: {} });
    await using tab = await openUi(shop, { address: "#/overview?ns=shop" });
    const { page } = tab;
    await page.getByRole("cell", { name: "orders" }).or(page.getByRole("rowheader")).first()
      .waitFor();
    const rotated = await rpc<{ token: string }>(server, "ns.rotateToken", "shop");
    await page.evaluate(() => location.hash = "#/events?ns=shop&category=orders");
    const dialog = page.getByRole("dialog", { name: "The token is no longer valid" });
    await dialog.waitFor();
    // A token can be pasted at once.
    await dialog.getByLabel("Token", { exact: true }).and(page.locator(":focus")).waitFor();
    await assertAccessible(page);
    await giveToken(page, token);
    await dialog.getByText("The token is not valid here").waitFor();
    await giveToken(page, rotated.token);
    await dialog.waitFor({ state: "detached" });
    // What waited for a token has its response now, in the place to which the address leads.
    await page.getByText("orders-1").first().waitFor();
    assertStringIncludes(page.url(), "#/events?ns=shop&category=orders");
    assertEquals(await storedTokens(page), { shop: rotated.token });

    await rpc(server, "ns.delete", "shop");
    await page.evaluate(() => location.hash = "#/overview?ns=shop");
    await dialog.waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("heading", { name: "Open a namespace" }).waitFor();
    assertEquals(await storedTokens(page), {});
    assertEquals((await tracesOf(page)).includes("ns_"), true, "the placeholder");
    assertEquals((await tracesOf(page)).includes(rotated.token), false);
    assertEquals(tab.troubles, []);
  },
);

uiTest("in test mode nobody is asked, and a namespace that is not there is named", async () => {
  await using server = await startServer({ testMode: true });
  await rpc(server, "ns.create", "shop");
  await using tab = await openUi(server.url);
  const { page } = tab;
  await page.getByRole("heading", { name: "default" }).waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await assertAccessible(page);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Namespace default" }).click();
  await page.getByRole("link", { name: "shop" }).click();
  await page.getByRole("heading", { name: "shop" }).waitFor();

  await rpc(server, "ns.delete", "shop");
  await page.evaluate(() => location.hash = "#/events?ns=shop");
  const dialog = page.getByRole("dialog", { name: "There is no such namespace" });
  await dialog.waitFor();
  await assertAccessible(page);
  await rpc(server, "ns.create", "shop");
  await dialog.getByRole("button", { name: "Look again" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("navigation").getByRole("link", { name: "Overview" }).click();
  await page.getByText("This namespace has no events yet").waitFor();
  assertEquals(tab.troubles, []);
});

uiTest("a server that dies is waited for, and what comes back may be another version", async () => {
  await using server = await startKillableServer();
  for (let order = 1; order <= 3; order++) {
    await rpc(server, "stream.write", `orders-${order}`, { type: "Placed", data: {} });
  }
  await using tab = await openUi(server);
  const { page } = tab;
  const heading = page.getByRole("heading", { name: "default" });
  await heading.waitFor();
  await page.clock.install();
  await server.kill();
  const requests: string[] = [];
  page.on("request", (request) => requests.push(`${request.method()} ${request.url()}`));
  await page.evaluate(() => location.hash = "#/events?category=orders");
  const banner = page.getByRole("alert").filter({ hasText: "The server does not respond" });
  await banner.waitFor();
  await page.clock.runFor(65_000);
  await page.getByText("1 min 5 s").waitFor();
  // An hour's sleep is one try, not those that were missed.
  const before = requests.length;
  await page.clock.fastForward(3_600_000);
  await page.getByText("1 h 1 min").waitFor();
  assert(requests.length - before <= 4, `${requests.length - before} requests`);

  /** Its own next try would take the button away before a slow machine has pressed it. */
  const pause = async () => {
    await page.clock.pauseAt(await page.evaluate(() => Date.now()) + 60_000);
  };
  await pause();
  await server.start();
  await page.getByRole("button", { name: "Try now" }).click();
  await page.clock.resume();
  await banner.waitFor({ state: "detached" });
  await page.getByText("orders-3").first().waitFor();
  assertStringIncludes(page.url(), "#/events?category=orders");
  assertEquals(await page.getByText("another version").count(), 0);

  // Another version, from another checkout: what this page consists of is not there any more.
  await server.kill();
  const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  try {
    const checkout = new URL("../../", import.meta.url).pathname;
    const copied = ["src", "cli.ts", "deno.json", "deno.lock"].map((name) => checkout + name);
    await new Deno.Command("cp", { args: ["-r", ...copied, folder] }).output();
    const main = `${folder}/src/page/main.js`;
    await Deno.writeTextFile(main, `${await Deno.readTextFile(main)}\nvoid 0;\n`);
    await page.evaluate(() => location.hash = "#/overview");
    await banner.waitFor();
    const program = [Deno.execPath(), "run", "--quiet", "--allow-all", `${folder}/cli.ts`] as const;
    await pause();
    await server.start({ program });
    await page.getByRole("button", { name: "Try now" }).click();
    await page.clock.resume();
    await banner.waitFor({ state: "detached" });
    await heading.waitFor();
    await page.getByText("The server has another version of this page now").waitFor();
    await assertAccessible(page);
    await page.clock.resume();
    await page.getByRole("button", { name: "Load the page again" }).click();
    await page.getByText("The server has another version").waitFor({ state: "detached" });
    await heading.waitFor();
    assertEquals(tab.troubles, []);
    await server.kill();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
