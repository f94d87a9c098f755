import { EventoDBClient, EventoDBError } from "../../mod.ts";
import type { ImportProgress } from "../../src/import_result.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../support/assert.ts";
import { type Fault, html, startFailingServer } from "../support/failing_server.ts";
import { lineOf, linesStream } from "../support/history.ts";
import { startServer } from "../support/server.ts";

function bytesOf(text: string): ReadableStream<Uint8Array> {
  return new Blob([text]).stream();
}

Deno.test("upload() reports its progress and its end", async () => {
  await using server = await startServer();
  const client = new EventoDBClient({ url: server.url, token: server.token });
  const progress: ImportProgress[] = [];
  const result = await client.upload(linesStream(5000), { onProgress: (at) => progress.push(at) });
  assertEquals([result.imported, result.skipped], [5000, 0]);
  assert(result.elapsedMs > 0);
  assertEquals(progress.at(-1), { imported: 5000, globalPosition: 5000 });
});

Deno.test("upload() sends gzip data as such, and skips what is there when asked to", async () => {
  await using server = await startServer();
  const client = new EventoDBClient({ url: server.url, token: server.token });
  await client.upload(bytesOf(lineOf(1)));
  const gzipped = new Blob([lineOf(1) + lineOf(2)]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  const { imported, skipped } = await client.upload(gzipped, { gzip: true, existing: "skip" });
  assertEquals([imported, skipped], [1, 1]);
});

Deno.test("upload() replaces what is there when forced", async () => {
  await using server = await startServer();
  const client = new EventoDBClient({ url: server.url, token: server.token });
  await client.upload(bytesOf(lineOf(1)));
  await client.upload(bytesOf(lineOf(2)), { force: true });
  const left = await client.categoryGet("");
  assertEquals(left.map(({ globalPosition }) => globalPosition), [2]);
});

Deno.test("upload() throws the import's error with its line", async () => {
  await using server = await startServer();
  const client = new EventoDBClient({ url: server.url, token: server.token });
  const error = await assertRejects(
    () => client.upload(bytesOf(lineOf(1) + lineOf(2) + lineOf(3, { gpos: 1 }))),
    EventoDBError,
  );
  assertEquals([error.code, error.line], ["POSITION_EXISTS", 3]);
});

Deno.test("upload() throws what failed in reading the records", async () => {
  await using server = await startServer();
  const client = new EventoDBClient({ url: server.url, token: server.token });
  const reason = new Error("the disk is gone");
  let pulls = 0;
  const records = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (pulls++ > 0) throw reason;
      controller.enqueue(new TextEncoder().encode(lineOf(1)));
    },
  });
  assertEquals(await client.upload(records).catch((error) => error), reason);
  assertEquals((await client.namespaceInfo("default")).messageCount, 0);
});

Deno.test("upload() refused early gives the server's reason, whatever is still to be sent", async () => {
  await using server = await startServer();
  const client = new EventoDBClient({ url: server.url, token: server.token.replace(/.$/, "x") });
  const error = await assertRejects(() => client.upload(linesStream(100_000)), EventoDBError);
  assertEquals(error.code, "AUTH_INVALID_TOKEN");
});

Deno.test("upload() says that the outcome is unknown when no end comes after everything was sent", async () => {
  await using server = await startServer();
  const faults: Fault[] = [
    { cutAfter: 0 },
    { cutAfter: 10 },
    { endAfter: 0 },
    { endAfter: 10 },
    { answer: html(504) },
    { change: () => "data: {\n\n" },
  ];
  for (const [i, fault] of faults.entries()) {
    await using failing = startFailingServer(server.url, () => fault);
    const client = new EventoDBClient({ url: failing.url, token: server.token });
    const error = await assertRejects(
      () => client.upload(bytesOf(lineOf(i + 1)), { existing: "skip" }),
      EventoDBError,
      "It is not known whether it is committed",
    );
    assertEquals(error.code, "OUTCOME_UNKNOWN");
  }
});

Deno.test("upload() knows that nothing was imported when the server cannot be reached", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const client = new EventoDBClient({ url: `http://127.0.0.1:${port}` });
  const error = await assertRejects(() => client.upload(bytesOf(lineOf(1))), EventoDBError);
  assertEquals(error.code, "CONNECTION_FAILED");
});

Deno.test("upload() gives up when neither side has moved for too long", async () => {
  await using server = await startServer();
  const client = new EventoDBClient({ url: server.url, token: server.token });
  const never = new ReadableStream<Uint8Array>({ pull: () => new Promise<void>(() => {}) });
  const error = await assertRejects(
    () => client.upload(never, { timeoutMs: 100 }),
    EventoDBError,
  );
  assertEquals(error.code, "CONNECTION_FAILED");
  assertStringIncludes(error.message, "has neither received nor sent anything for 0.1 s");
});

Deno.test("upload() ends with the reason of its signal, and leaves nothing behind", async () => {
  await using server = await startServer();
  const client = new EventoDBClient({ url: server.url, token: server.token });
  const abort = new AbortController();
  const reason = new Error("enough");
  const endless = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(lineOf(1))),
    pull: () => {
      abort.abort(reason);
      return new Promise<void>(() => {});
    },
  }, { highWaterMark: 0 });
  assertEquals(
    await client.upload(endless, { signal: abort.signal }).catch((error) => error),
    reason,
  );
  assertEquals((await client.namespaceInfo("default")).messageCount, 0);
});
