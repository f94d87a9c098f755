import { createHandler, EventoDBClient, EventoDBError, openStore } from "../../mod.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";

/** A client over a store in memory, with no network between them. */
async function openInProcess() {
  await using undo = new AsyncDisposableStack();
  const store = undo.use(await openStore("sqlite://memory"));
  const handler = undo.use(createHandler({ store, testMode: true }));
  const client = new EventoDBClient({ url: "http://in-process", fetch: handler });
  const resources = undo.move();
  return { client, store, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

Deno.test("EventoDBClient over a handler does everything without a network", async () => {
  await using test = await openInProcess();
  const { client } = test;
  const written = await client.streamWrite("account-1", { type: "Opened", data: { a: 1 } });
  assertEquals(written, { position: 0, globalPosition: 1 });
  await client.streamWrite("account-1", { type: "Closed", data: {} }, { expectedVersion: 0 });
  const read = await Array.fromAsync(client.readCategory("account", { batchSize: 1 }));
  assertEquals(read.map(({ type }) => type), ["Opened", "Closed"]);
  const line =
    '{"id":"550e8400-e29b-41d4-a716-446655440000","stream":"order-1","type":"Created","pos":0,' +
    '"gpos":47,"data":{},"meta":null,"time":"2025-07-15T10:00:00Z"}';
  assertEquals((await client.upload(new Blob([line]).stream())).imported, 1);
  assertEquals((await client.namespaceInfo("default")).globalPosition, 47);
});

Deno.test("EventoDBClient over a handler throws the same errors", async () => {
  await using test = await openInProcess();
  const error = await assertRejects(
    () => test.client.streamWrite("a-1", { type: "T", data: {} }, { expectedVersion: 3 }),
    EventoDBError,
  );
  assertEquals([error.code, error.details], ["STREAM_VERSION_CONFLICT", {
    expected: 3,
    actual: -1,
  }]);
});

Deno.test("EventoDBClient over a handler ends a call that waits when its signal aborts", async () => {
  await using test = await openInProcess();
  await test.client.streamVersion("a-1");
  await using _import = await test.store.beginImport("default");
  const abort = new AbortController();
  const reason = new Error("enough");
  const writing = test.client.streamWrite("a-1", { type: "T", data: {} }, { signal: abort.signal });
  abort.abort(reason);
  assertEquals(await writing.catch((error) => error), reason);
});

Deno.test("EventoDBClient over a handler subscribes, and lets the subscription go", async () => {
  await using test = await openInProcess();
  const { client } = test;
  await client.streamWrite("a-1", { type: "T", data: {} });
  const abort = new AbortController();
  const seen: number[] = [];
  for await (const { globalPosition } of client.subscribeToAll({ signal: abort.signal })) {
    seen.push(globalPosition);
    if (globalPosition === 1) await client.streamWrite("a-1", { type: "T", data: {} });
    // From here on it waits for a poke, which the signal ends.
    else setTimeout(() => abort.abort());
  }
  assertEquals(seen, [1, 2]);
});
