import { EventoDBClient, importEvents } from "../../mod.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { runCli, startCli } from "../support/cli.ts";
import { type Fault, type SeenRequest, startFailingServer } from "../support/failing_server.ts";
import { startHoldingProxy } from "../support/holding_proxy.ts";
import { lineOf, linesStream } from "../support/history.ts";
import { startServer } from "../support/server.ts";

const lines = [1, 2, 3].map((n) => lineOf(n)).join("");

/** Makes a server look like one written in Go, and does to its imports what is said. */
function startGo(url: string, ofImport?: Fault) {
  return startFailingServer(url, ({ path }: SeenRequest) => {
    if (path === "/version") return { answer: Response.json({ version: "1.0.0" }) };
    return path === "/import" ? ofImport : undefined;
  });
}

Deno.test("eventodb import says before it sends anything that a server cannot skip", async () => {
  await using server = await startServer();
  await using go = startGo(server.url);
  const env = { EVENTODB_URL: go.url, EVENTODB_TOKEN: server.token };
  const { status, stderr } = await runCli(["import", "--existing", "skip"], { env, stdin: lines });
  assertEquals(status, 1);
  assertMatch(
    stderr,
    /does not know --existing skip.*\nNothing was sent\nImport into a fresh namespace/,
  );
  const place = { url: go.url, token: server.token };
  await assertRejects(
    () => importEvents(linesStream(3), place, { existing: "skip" }),
    Error,
    'does not know existing: "skip"',
  );
  assertEquals(go.seen.map(({ path }) => path), ["/version", "/version"]);
});

Deno.test("eventodb import says how to split what is too large for a server written in Go", async () => {
  await using server = await startServer();
  const refusals: Fault[] = [
    { answer: new Response("http: request body too large\n", { status: 413 }) },
    {
      answer: new Response(
        'data: {"error":"IMPORT_FAILED","message":"http: request body too large","line":3}\n\n',
        { headers: { "Content-Type": "text/event-stream" } },
      ),
    },
  ];
  const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  const input = `${folder}/july.ndjson`;
  await Deno.writeTextFile(input, lines);
  // The rest costs no room on the disk.
  await Deno.truncate(input, 120_000_000);
  const split = new RegExp(
    "takes? at most 100 MB in one import.*\\. Split it after some lines and import the parts in " +
      "order: split -l 100000 \\S+july\\.ndjson part-",
  );
  for (const refusal of refusals) {
    await using go = startGo(server.url, refusal);
    const env = { EVENTODB_URL: go.url, EVENTODB_TOKEN: server.token };
    const { status, stderr } = await runCli(["import", "--input", input], { env });
    assertEquals(status, 1);
    const [note, failure] = stderr.split("error: ");
    assertMatch(note!, /Note: .* and \S+july\.ndjson has 120 MB/);
    assertMatch(note!, split);
    assertMatch(failure!, split);
    assertMatch(failure!, /This server does not import/);
  }
  await Deno.remove(folder, { recursive: true });
});

/** A server whose only place for an import is taken, until it is told. */
async function startBusy() {
  await using undo = new AsyncDisposableStack();
  const server = undo.use(await startServer({ importsMax: 1, importSlotWaitMs: 1 }));
  const { url, token } = server;
  const other = await new EventoDBClient({ url, token }).namespaceCreate("other");
  const { promise: end, resolve: finish } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const first = new EventoDBClient({ url, token: other.token }).upload(
    new ReadableStream({
      async pull(controller) {
        for await (const chunk of linesStream(2000)) controller.enqueue(chunk);
        await end;
        controller.close();
      },
    }, { highWaterMark: 0 }),
    { onProgress: () => begin() },
  );
  await begun;
  undo.defer(async () => {
    finish();
    await first;
  });
  const resources = undo.move();
  const env = { EVENTODB_URL: url, EVENTODB_TOKEN: token };
  return { env, finish, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

Deno.test("eventodb import waits for a slot, and says so", async () => {
  await using busy = await startBusy();
  await using cli = startCli(["import", "--input", "-"], { env: busy.env, stdin: "" });
  const writer = cli.process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(lines));
  await writer.close();
  await cli.sees(/running 1 import.*Trying again in \d+\.\d s/);
  busy.finish();
  const { status, stderr } = await cli.ended;
  assertEquals(status, 0, stderr);
  assertMatch(stderr, /\nDone\. 3 events imported/);
});

Deno.test("eventodb import does not wait for a slot with --retries 0", async () => {
  await using busy = await startBusy();
  const args = ["import", "--retries", "0"];
  const { status, stderr } = await runCli(args, { env: busy.env, stdin: lines });
  assertEquals(status, 1);
  assertMatch(stderr, /running 1 import/);
  assert(!stderr.includes("Trying again in"), stderr);
});

Deno.test("eventodb import can be interrupted while it waits for a slot", async () => {
  await using busy = await startBusy();
  await using cli = startCli(["import", "--input", "-"], { env: busy.env, stdin: "" });
  const writer = cli.process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(lines));
  await writer.close();
  await cli.sees(/Trying again in/);
  cli.process.kill("SIGINT");
  const { status, stderr } = await cli.ended;
  assertEquals(status, 130);
  assertMatch(stderr, /Nothing was imported: the namespace is as it was\nInterrupted\n$/);
});

Deno.test("eventodb import says that a proxy holds its bytes back, and what to do", async () => {
  await using server = await startServer();
  await using proxy = startHoldingProxy(server.url, 64 * 1024);
  const env = { EVENTODB_URL: proxy.url, EVENTODB_TOKEN: server.token };
  const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  const input = `${folder}/many.ndjson`;
  await Deno.writeFile(input, linesStream(20_000));
  const started = performance.now();
  await using cli = startCli(["import", "--input", input], { env });
  await cli.sees(
    /Nothing has moved for \d+ s: \S+ [kM]B were sent, \S+ [kM]?B? ?.*have arrived\. Something in between, such as a proxy, holds the rest back\. See "An import stands still"/,
  );
  // An import that stands still is given up after ten minutes.
  assert(performance.now() - started < 120_000);
  proxy.letGo();
  const { status, stderr } = await cli.ended;
  assertEquals(status, 0, stderr);
  await Deno.remove(folder, { recursive: true });
});
