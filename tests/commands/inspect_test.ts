import { EventoDBClient, importEvents } from "../../mod.ts";
import { formatRecord } from "../../src/record/format.ts";
import { assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { lastJson, runCli } from "../support/cli.ts";
import { recordBody, sampleMessages } from "../support/events.ts";
import { startGoServer } from "../support/go_server.ts";
import { startServer } from "../support/server.ts";

const messages = [...sampleMessages({ count: 1200 })];
const { category, type } = {
  category: messages[0]!.stream.split("-")[0]!,
  type: messages[0]!.type,
};

/** A file and a server with the same events. */
async function setUp() {
  await using undo = new AsyncDisposableStack();
  const server = undo.use(await startServer());
  await importEvents(recordBody(messages), { url: server.url, token: server.token });
  const cwd = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  undo.defer(() => Deno.remove(cwd, { recursive: true }));
  await Deno.writeTextFile(
    `${cwd}/all.ndjson`,
    messages.map((m) => `${formatRecord(m)}\n`).join(""),
  );
  const resources = undo.move();
  const { url, token } = server;
  return { cwd, url, token, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

Deno.test("eventodb inspect shows the same of a file, of a namespace, and of a server written in Go", async () => {
  await using test = await setUp();
  await using go = startGoServer(messages);
  const { cwd, url, token } = test;
  const slices = [[], ["--categories", category, "--exclude-types", type, "--to-position", "900"]];
  for (const slice of slices) {
    const of = async (...args: string[]) => {
      const { status, stdout, stderr } = await runCli(["inspect", ...args, ...slice, "--json"], {
        cwd,
      });
      assertEquals(status, 0, stderr);
      return lastJson(stdout);
    };
    const file = await of("all.ndjson");
    const wanted = messages.filter((message) =>
      slice.length === 0 || (message.stream.split("-")[0] === category && message.type !== type &&
        message.globalPosition <= 900)
    );
    assertEquals(file.events, wanted.length);
    assertEquals(await of("--url", url, "--token", token), file);
    assertEquals(await of(url, "--token", token), file);
    assertEquals(await of(go.url), file);
  }
  const { stdout } = await runCli(["inspect", url, "--token", token], { cwd });
  assertMatch(stdout, /^namespace +"default" of http:.*\nevents +1,200\n/);
});

Deno.test("eventodb inspect names what of its options matched nothing, and ends with 1 where nothing does", async () => {
  await using test = await setUp();
  const { cwd, url, token } = test;
  const at = ["inspect", "--url", url, "--token", token];
  const some = await runCli([...at, "--categories", `${category},${category}x`], { cwd });
  assertEquals(some.status, 0);
  assertStringIncludes(some.stderr, `Note: no event of the category "${category}x" was found\n`);
  assertStringIncludes(some.stderr, `Did you mean "${category}"?`);
  const none = await runCli([...at, "--types", "Nothing"], { cwd });
  assertEquals(none.status, 1);
  assertStringIncludes(none.stderr, 'Note: no event of the types "Nothing" was found\n');
  assertStringIncludes(none.stderr, "Nothing to inspect in the namespace");
  const both = await runCli(["inspect", "all.ndjson", "--url", url], { cwd });
  assertEquals(both.status, 2);
  assertStringIncludes(both.stderr, "all.ndjson and --url contradict each other");
  const neither = await runCli(["inspect"], { cwd });
  assertEquals(neither.status, 2);
  const away = await runCli(["inspect", "http://127.0.0.1:9", "--retries", "0"], { cwd });
  assertEquals(away.status, 1);
  assertStringIncludes(away.stderr, "127.0.0.1:9");
});

Deno.test("eventodb diff compares only the selected events, on both sides", async () => {
  await using test = await setUp();
  const { cwd, url, token } = test;
  const client = new EventoDBClient({ url, token });
  await client.streamWrite("other-1", { type: "Written", data: {} });
  const diff = async (...slice: string[]) => {
    const args = ["diff", "all.ndjson", url, "--token", token, ...slice, "--json"];
    const { status, stdout } = await runCli(args, { cwd });
    const { onlyB, eventsA } = lastJson(stdout);
    return [status, onlyB, eventsA];
  };
  assertEquals(await diff(), [1, 1, 1200]);
  assertEquals(await diff("--exclude-categories", "other"), [0, 0, 1200]);
  assertEquals(await diff("--to-position", "900"), [
    0,
    0,
    messages.filter(({ globalPosition }) => globalPosition <= 900).length,
  ]);
});
