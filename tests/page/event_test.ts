import type { Page } from "playwright-core";
import { EventoDBClient, rawJson } from "../../client.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { runImport, uuidOf } from "../support/history.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { assertAccessible, openUi, uiTest } from "../support/ui.ts";

/** An event of a history. */
interface Given {
  stream?: string;
  type?: string;
  data: string;
  meta?: string;
  gpos?: number;
  pos?: number;
}

/** Lines of an export, each event at its own position of its stream and 47, 48, … unless they are given. */
function linesOf(events: readonly Given[]): string[] {
  const positions = new Map<string, number>();
  let last = 46;
  return events.map(
    ({ stream = "workflow-123", type = "Happened", data, meta = "null", ...own }) => {
      const gpos = last = own.gpos ?? last + 1;
      const pos = own.pos ?? (positions.get(stream) ?? -1) + 1;
      positions.set(stream, pos);
      const names = `"stream":${JSON.stringify(stream)},"type":${JSON.stringify(type)}`;
      return `{"id":"${
        uuidOf(gpos)
      }",${names},"pos":${pos},"gpos":${gpos},"data":${data},"meta":${meta},` +
        `"time":"2025-07-15T10:00:${String(gpos % 60).padStart(2, "0")}.123456789Z"}\n`;
    },
  );
}

async function importLines(server: Pick<TestServer, "url" | "token">, lines: readonly string[]) {
  const end = await runImport(server, lines.join(""));
  assertEquals([end.error, end.imported], [undefined, lines.length]);
}

function exported(server: TestServer, query: string): Promise<string> {
  const headers = { Authorization: `Bearer ${server.token}` };
  return fetch(`${server.url}/export?${query}`, { headers }).then((response) => response.text());
}

/** Metadata of an event that another one caused. */
function causedBy(stream: string, position: number, globalPosition: number, more = ""): string {
  return `{"correlationStreamName":"workflow-123","causationMessageStreamName":"${stream}",` +
    `"causationMessagePosition":${position},"causationMessageGlobalPosition":${globalPosition}${more}}`;
}

/** Shows an event, and waits until all of its panel has come. */
async function show(page: Page, globalPosition: number | string): Promise<void> {
  await page.evaluate((event) => {
    const [view, query] = location.hash.split("?");
    const params = new URLSearchParams(query);
    params.set("event", String(event));
    location.hash = `${view}?${params}`;
  }, globalPosition);
  const panel = page.locator("aside.event-panel");
  await panel.and(page.locator("[aria-busy=false]")).waitFor();
  await panel.locator("dd, .empty").filter({ hasText: globalPosition.toLocaleString("en") }).first()
    .waitFor();
}

/** Clicks on a button that copies, and returns what is in the clipboard then. */
async function copied(page: Page, name: string): Promise<string> {
  await page.evaluate(() => navigator.clipboard.writeText("nothing was copied"));
  await page.getByRole("button", { name: `Copy: ${name}` }).click();
  await page.getByText(`${name} copied`).waitFor({ state: "attached" });
  return await page.evaluate(() => navigator.clipboard.readText());
}

const clipboard = { permissions: ["clipboard-read", "clipboard-write"] };

const service: Given[] = [
  {
    type: "TaskRequested",
    data:
      '{"task":"pack","priority":1.0,"orderId":9007199254740993,"lines":[{"sku":"A-1"},{"sku":"B-7"}],' +
      '"email":"a@example.org","email":"A@EXAMPLE.ORG"}',
  },
  {
    stream: "order-17",
    type: "OrderPlaced",
    data: '{"total":12.50}',
    meta: causedBy("workflow-123", 0, 47),
  },
  { type: "TaskStarted", data: '{"order":"order-17"}', meta: causedBy("workflow-123", 0, 47) },
  {
    stream: "payment-17",
    type: "PaymentFailed",
    data: '{"error":"CardDeclined\\n  at charge (payment.ts:41)","order":"order-17"}',
    meta: causedBy("order-17", 0, 48, ',"replyStreamName":"inbox-1"'),
    gpos: 53,
  },
  {
    type: "TaskRequested",
    data:
      '{"task":"pack","priority":1.00,"orderId":9007199254740994,"lines":[{"sku":"A-1"},{"sku":"C-9"},{"sku":"B-7"}],' +
      '"email":"a@example.org","email":"b@example.org"}',
    meta: causedBy("payment-17", 0, 53),
  },
  { stream: "customer-1", data: "{}", meta: causedBy("web-1", 4, 12), gpos: 1200, pos: 1_000_000 },
];

uiTest(
  "an event's panel shows what it is, what caused it and what it caused, and walks through its stream",
  async () => {
    await using server = await startServer();
    // More events than one search returns that only look like effects, and an effect after them.
    const alike = Array.from({ length: 250 }, (_, n) => ({
      stream: "audit-1",
      data: '{"GlobalPosition":47}',
      gpos: 2000 + n,
    }));
    // The cause is named in each way, and another one is.
    const place = '{"causationMessageStreamName":"workflow-123","causationMessagePosition"';
    const late = [
      causedBy("workflow-123", 0, 47),
      `${place}:0}`,
      `${place}:1}`,
      `{"causationId":"${uuidOf(47)}"}`,
      `{"causationId":"${uuidOf(48)}"}`,
    ].map((meta, n) => ({
      stream: "order-17",
      type: `Late${n}`,
      data: "{}",
      meta,
      gpos: 3000 + n,
    }));
    await importLines(server, linesOf([...service, ...alike, ...late]));
    await using tab = await openUi(server, { address: "#/overview" });
    const { page } = tab;
    await page.getByRole("link", { name: "payment" }).focus();
    await page.evaluate(() => location.hash = "#/overview?event=47");
    const panel = page.getByRole("complementary", { name: "TaskRequested" });
    await panel.waitFor();
    const text = async () => (await panel.innerText()).replaceAll("\u2068", "");
    await page.waitForFunction(() => document.activeElement?.id === "event-title");
    await panel.getByText("OrderPlaced").waitFor();
    for (
      const shown of [
        "workflow-123",
        "0 of 0–2",
        "47",
        uuidOf(47),
        "2025-07-15 12:00:47.123456789",
        "2025-07-15 10:00:47.123456789",
        '"priority": 1.0',
        "9007199254740993",
        '"A@EXAMPLE.ORG"',
        "Its metadata names no cause.",
      ]
    ) assertStringIncludes(await text(), shown);
    const effects = panel.getByRole("region", { name: "What it caused" }).getByRole("link");
    await effects.nth(1).waitFor();
    assertEquals((await effects.allInnerTexts()).map((line) => line.split(/\s+/).slice(0, 3)), [
      ["48", "OrderPlaced", "order-17"],
      ["49", "TaskStarted", "workflow-123"],
    ]);
    await panel.getByText(/^Looked as far as global position 2,\d+/).waitFor();
    await panel.getByRole("button", { name: "Look further" }).click();
    await effects.filter({ hasText: "Late0" }).waitFor();
    assertEquals(
      (await effects.allInnerTexts()).map((line) => line.split(/\s+/)[1]),
      ["OrderPlaced", "TaskStarted", "Late0", "Late1", "Late3"],
    );
    assertEquals(await panel.getByText("Looked as far").count(), 0);
    await assertAccessible(page);

    // By keys and by buttons, along the stream and along links.
    const next = page.locator('button[aria-label="Next event of its stream"]');
    await next.and(page.locator(":enabled")).waitFor();
    await page.keyboard.press("n");
    await page.getByRole("heading", { name: "TaskStarted" }).waitFor();
    await page.getByText("Event 49: TaskStarted").waitFor({ state: "attached" });
    await page.getByRole("treeitem", { name: "order-17" }).getByRole("link").waitFor();
    await next.click();
    await page.getByText("Event 54: TaskRequested").waitFor({ state: "attached" });
    await page.getByText("2 of 0–2").waitFor();
    assert(await next.isDisabled());
    await page.getByRole("region", { name: "Caused by" }).getByRole("link", {
      name: "PaymentFailed",
    })
      .click();
    await page.getByText("Event 53: PaymentFailed").waitFor({ state: "attached" });
    const causes = page.getByRole("region", { name: "Caused by" });
    await causes.getByRole("link", { name: "OrderPlaced" }).waitFor();
    assertStringIncludes(await causes.innerText(), "inbox-1 is not in this copy");
    // The text of several lines opens.
    const error = page.getByRole("treeitem", { name: '"error"' });
    await error.click();
    await page.getByRole("treeitem").filter({ hasText: /^CardDeclined\n {2}at charge/ }).waitFor();
    await page.goBack();
    await page.getByText("Event 54: TaskRequested").waitFor({ state: "attached" });

    // Differences to the event of its type before it, and to the one before it.
    await page.getByText("Differences").click();
    const changes = page.locator(".event-changes");
    await changes.first().waitFor();
    assertEquals((await changes.first().innerText()).split(/\s*\n/), [
      "$.priority",
      "before",
      "1.0",
      "after",
      "1.00",
      "$.orderId",
      "before",
      "9007199254740993",
      "after",
      "9007199254740994",
      "$.lines[1]",
      "added",
      '{"sku":"C-9"}',
      "$.email (2)",
      "before",
      '"A@EXAMPLE.ORG"',
      "after",
      '"b@example.org"',
    ]);
    await assertAccessible(page);
    await page.getByRole("button", { name: "Previous event", exact: true }).click();
    await changes.first().getByText("$.order", { exact: true }).waitFor();

    // What is not there.
    await show(page, 1200);
    await page.getByText("at global position 12 of web-1 is not in this copy").waitFor();
    await page.getByText("0–999,999 are not in this copy").waitFor();
    await show(page, 51);
    await page.getByText("There is no event at global position 51 in this copy").waitFor();
    const nearest = page.getByRole("region", { name: "Nearest events" }).getByRole("link");
    await nearest.nth(1).waitFor();
    assertEquals((await nearest.allInnerTexts()).map((line) => line.split(/\s+/)[0]), ["49", "53"]);
    await assertAccessible(page);
    await page.keyboard.press("p");
    await page.getByRole("heading", { name: "TaskStarted" }).waitFor();
    await page.evaluate(() => location.hash = "#/overview?event=%3Cb%3Ex");
    await page.getByText("is no global position").waitFor();

    await page.keyboard.press("Escape");
    await page.locator("aside.event-panel").waitFor({ state: "detached" });
    assertEquals(new URL(page.url()).hash, "#/overview");
    await page.waitForFunction(() => document.activeElement?.textContent === "payment");
    assertEquals(tab.troubles, []);
  },
);

uiTest(
  "what is copied of an event can be imported, run by a shell and by the library",
  async () => {
    await using server = await startServer();
    const awkward =
      `{"it's":"\\"$HOME\\" \`id\` $(id) !! \\\\ \\u0000 'EVENT'","n":9007199254740993,"f":1.0,"a":1,"a":2,` +
      `"__proto__":{"x":1},"2":0,"1":0,"bidi":"a\u202eb\u2028c","half":"\\ud800","Straße":"日本 😀","html":"</script>"}`;
    const lines = linesOf([
      { data: '{"task":"pack","text":"a\u202eb \u{e0041}"}' },
      {
        stream: 'o\'brien-"1"\n$(id)`x`\u202e\\',
        type: "It's <b>\n",
        data: awkward,
        meta: awkward,
      },
      { stream: "import-1", data: "null", meta: '{"a":[]}' },
      { data: `{"long":"${"'x\u00e9".repeat(100_000)}"}` },
    ]);
    await importLines(server, lines);
    await using copy = await startServer();
    await using tab = await openUi(server, { address: "#/events", ...clipboard });
    const { page } = tab;
    const client = new EventoDBClient({ url: server.url, token: server.token });
    for (const [index, line] of lines.entries()) {
      const gpos = 47 + index;
      await show(page, gpos);
      const record = await copied(page, "Record");
      assertEquals(record, line);
      assertEquals(record, await exported(server, `position=${gpos}&to=${gpos}`));
      await importLines(copy, [record]);
      const { stream, type } = JSON.parse(line);
      const written = async () => {
        const message = await client.streamLast(stream, { raw: true });
        assert(message !== null && message.globalPosition >= 47 + lines.length);
        return [message.type, message.data, message.metadata];
      };
      const [, data, meta] = /"data":(.*),"meta":(.*),"time":/s.exec(line)!;
      assertEquals(await copied(page, "Payload"), data);
      assertEquals(await copied(page, "Link"), page.url());
      const buttons = page.getByRole("group", { name: "Copy" }).getByRole("button");
      if (data === "null") {
        assertEquals(await buttons.allInnerTexts(), ["Record", "Payload", "Link ✓"]);
        continue;
      }
      const wanted = [type, data, meta === "null" ? null : meta];
      await runInShell(await copied(page, "curl"), server.token);
      assertEquals(await written(), wanted);
      const statement = await copied(page, "TypeScript");
      assert(!/[\u202e\u2028]|\u{e0041}/u.test(statement), statement.slice(0, 1000));
      await new AsyncFunction("client", "rawJson", statement)(client, rawJson);
      assertEquals(await written(), wanted);
    }
    assertEquals(await exported(copy, "position=0"), lines.join(""));
    assertEquals(
      await copiedOf(page, 47, "TypeScript"),
      'await client.streamWrite("workflow-123", {\n  type: "Happened",\n' +
        '  data: {"task":"pack","text":"a\\u202eb \\u{e0041}"},\n});\n',
    );
    assertEquals(tab.troubles, []);
  },
);

async function copiedOf(page: Page, globalPosition: number, name: string): Promise<string> {
  await show(page, globalPosition);
  return await copied(page, name);
}

const AsyncFunction = (async () => {}).constructor as new (
  ...args: string[]
) => (...args: unknown[]) => Promise<void>;

/** Runs a command as somebody pastes it. */
async function runInShell(command: string, token: string): Promise<void> {
  const shell = new Deno.Command("sh", {
    args: ["-e"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    env: { EVENTODB_TOKEN: token, no_proxy: "*" },
  }).spawn();
  const writer = shell.stdin.getWriter();
  await writer.write(new TextEncoder().encode(command));
  await writer.close();
  const { success, stdout, stderr } = await shell.output();
  assert(success, new TextDecoder().decode(stderr) + new TextDecoder().decode(stdout));
}

uiTest("a page that is no secure context copies as well", async () => {
  await using server = await startServer({ allowedHosts: ["eventodb.test"] });
  await importLines(server, linesOf(service));
  const url = server.url.replace("127.0.0.1", "eventodb.test");
  await using tab = await openUi({ ...server, url }, { address: "#/events?event=48" });
  const { page } = tab;
  await page.getByRole("heading", { name: "OrderPlaced" }).waitFor();
  assertEquals(await page.evaluate(() => isSecureContext), false);
  await page.getByRole("button", { name: "Copy: Record" }).click();
  await page.getByText("Record copied").waitFor({ state: "attached" });
  await page.getByRole("combobox").or(page.getByRole("searchbox")).first().focus();
  await page.keyboard.press("Control+V");
  assertEquals(
    await page.evaluate(() => (document.activeElement as HTMLInputElement).value.trim()),
    linesOf(service)[1]!.trim(),
  );
  // The browser says that it isolates no page that came without encryption.
  assertEquals(tab.troubles.filter((text) => !text.includes("Cross-Origin-Opener-Policy")), []);
});

uiTest(
  "payloads that would run, hide or overwhelm are shown as the text that they are",
  async () => {
    const hostile = [
      "<script>globalThis.ran = 1</script>",
      "<img src=x onerror='globalThis.ran = 1'>",
      "javascript:globalThis.ran = 1",
      "</script><svg onload=globalThis.ran=1>",
      "${globalThis.ran = 1}",
      "{{constructor.constructor('globalThis.ran = 1')()}}",
      "<${Object.assign(globalThis, { ran: 1 })} />",
    ];
    const names = Object.fromEntries(hostile.map((text) => [text, text]));
    const proto =
      '"__proto__":{"dangerouslySetInnerHTML":{"__html":"<img src=x onerror=alert(1)>"}}';
    const members = `{${Array.from({ length: 1_000_000 }, (_, n) => `"k${n}":0`).join()}}`;
    const long = `{"long":"${"\\\\<b>x".repeat(2_300_000)}"}`;
    const deep = `${'{"a":['.repeat(499)}"leaf"${"]}".repeat(499)}`;
    const lines = linesOf([
      ...hostile.map((text) => ({
        stream: text,
        type: text,
        data: JSON.stringify(names),
        meta: `{${proto}}`,
      })),
      {
        data:
          `{"spaces":"a  b","bidi":"a\u202eb\u2066","zero":"\u200b","control":"\\u001b[31m","rtl":"שלום","c1":"\u009b"}`,
      },
      { stream: "large-1", data: members },
      { stream: "large-2", data: long },
      { data: deep },
      { data: `{"deep":${deep}}`, meta: members.slice(0, 900_000).replace(/,[^,]*$/, "}") },
    ]);
    await using server = await startServer();
    const [small, large] = [lines.slice(0, hostile.length + 1), lines.slice(hostile.length + 1)];
    await importLines(server, small);
    await using tab = await openUi(server, { address: "#/overview" });
    const { page } = tab;
    const tree = page.getByRole("tree", { name: "Payload" });
    const rows = tree.getByRole("treeitem");
    for (const [index, text] of hostile.entries()) {
      await show(page, 47 + index);
      assertEquals((await page.locator("#event-title").innerText()).trim(), text);
      await page.getByText("No later event").waitFor();
      const shown = await rows.allInnerTexts();
      assertEquals(
        shown.slice(1).map((row) => row.trim()),
        hostile.map((one) => `"${one}": "${one}"`),
      );
      assertEquals(
        await page.locator("aside.event-panel :is(script, img, svg, iframe, [onerror])").count(),
        0,
      );
    }
    await assertAccessible(page);

    const bidi = 47 + hostile.length;
    await show(page, bidi);
    for (
      const shown of [
        "a\\u202eb\\u2066",
        '"a  b"',
        '"\\u200b"',
        '"\\u001b[31m"',
        "שלום",
        '"\\u009b"',
      ]
    ) {
      assertStringIncludes(await tree.innerText(), shown);
    }
    assertEquals(await page.locator(".escape").allInnerTexts(), [
      "\\u202e",
      "\\u2066",
      "\\u200b",
      "\\u009b",
    ]);
    await page.getByRole("button", { name: "Text", exact: true }).click();
    const printed = page.locator(".event-text").first();
    assertStringIncludes(
      await printed.innerText(),
      '\n  "zero": "\\u200b",\n  "control": "\\u001b[31m",\n  "rtl": "שלום"',
    );
    await page.getByRole("button", { name: "Raw", exact: true }).click();
    assertStringIncludes(await printed.innerText(), '"rtl":"שלום","c1":"\\u009b"}');
    await assertAccessible(page);
    await page.getByRole("button", { name: "Tree", exact: true }).click();

    // A million keys, by keyboard.
    for (const line of large) await importLines(server, [line]);
    await show(page, bidi + 1);
    await rows.first().getByText("1,000,000 keys").waitFor();
    assertEquals(await rows.count(), 102);
    await rows.first().focus();
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await tree.getByText("Show more: 600 of 1,000,000").waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent?.includes('"k100"'));
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await page.waitForFunction(() => document.querySelectorAll('[role="treeitem"]').length === 1);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
    await page.waitForFunction(() => document.activeElement?.textContent?.includes('"k1": 0'));
    await page.getByRole("button", { name: "Text", exact: true }).click();
    await page.getByRole("button", { name: "Show more" }).click();
    await printed.getByText('"k5000": 0,').waitFor();
    await page.getByRole("button", { name: "Tree", exact: true }).click();

    // A text of 16 MiB.
    await show(page, bidi + 2);
    await rows.nth(1).getByText("…").waitFor();
    await rows.nth(1).click();
    await tree.getByText("Show more: 10,000 of 11,500,000 characters").click();
    await tree.getByText("Show more: 110,000 of 11,500,000 characters").waitFor();
    assertStringIncludes(await rows.nth(2).innerText(), "\\<b>x\\<b>x");

    // 998 levels: opened at once and one by one.
    for (const gpos of [bidi + 3, bidi + 4]) {
      await show(page, gpos);
      // The rows that are opened below are alike, and hundreds of them take long on a busy machine.
      await assertAccessible(page);
      await rows.first().focus();
      await page.keyboard.press("*");
      await tree.locator('[aria-level="400"]').waitFor();
      await page.keyboard.press("End");
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("ArrowRight");
      const level = await page.evaluate(() =>
        Number(document.activeElement?.getAttribute("aria-level"))
      );
      assert(level > 450, String(level));
      assertEquals(
        await page.evaluate(() => document.documentElement.scrollWidth > innerWidth),
        false,
      );
    }
    assertEquals(
      await page.evaluate(() => "ran" in globalThis || "dangerouslySetInnerHTML" in {}),
      false,
    );
    assertEquals(tab.troubles, []);
  },
);

uiTest(
  "an event's panel covers a narrow page, which nobody reaches behind it, also in the dark",
  async () => {
    await using server = await startServer();
    await importLines(server, linesOf(service));
    await using tab = await openUi(server, {
      address: "#/events?event=54",
      viewport: { width: 320, height: 640 },
      colorScheme: "dark",
    });
    const { page } = tab;
    await page.getByRole("region", { name: "What it caused" }).waitFor();
    await page.getByText("No later event").waitFor();
    const box = await page.locator("aside.event-panel").boundingBox();
    assertEquals([box?.x, box?.y, box?.width, box?.height], [0, 0, 320, 640]);
    assertEquals(await page.locator("main").evaluate((main) => (main as HTMLElement).inert), true);
    assertEquals(
      await page.locator(".event-body").evaluate((body) => body.scrollWidth > body.clientWidth),
      false,
    );
    await assertAccessible(page);
    for (let tabs = 0; tabs < 30; tabs++) {
      await page.keyboard.press("Tab");
      const isInside = await page.evaluate(() =>
        document.activeElement === document.body ||
        document.activeElement?.closest("aside") !== null
      );
      assertEquals(isInside, true);
    }
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).getByText("Next event of its stream")
      .waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.locator("aside.event-panel").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("aside.event-panel").waitFor({ state: "detached" });
    assertEquals(await page.locator("main").evaluate((main) => (main as HTMLElement).inert), false);
    assertEquals(tab.troubles, []);
  },
);
