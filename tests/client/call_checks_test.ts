import { consume, EventoDBClient, EventoDBError, exportEvents } from "../../mod.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../support/assert.ts";

/** Whatever is wrong must show before anything is sent. */
const client = new EventoDBClient({
  url: "http://in-process",
  fetch: () => Promise.reject(new RangeError("A request was sent")),
});

const big = 1n as unknown as number;
const circle: Record<string, unknown> = {};
circle.circle = circle;
const message = { type: "Opened", data: {} };

function lockedStream(): ReadableStream<Uint8Array> {
  const stream = new Blob([]).stream();
  stream.getReader();
  return stream;
}

async function readAll(messages: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of messages);
}

/** Rejects, and never throws before the first await. */
async function refused(call: () => Promise<unknown>): Promise<EventoDBError> {
  let promise: Promise<unknown>;
  try {
    promise = call();
  } catch (error) {
    throw new Error("It threw instead of rejecting", { cause: error });
  }
  const error = await assertRejects(() => promise, EventoDBError);
  assertEquals(error.code, "INVALID_REQUEST", error.message);
  return error;
}

Deno.test("EventoDBClient rejects what is no JSON, before it sends anything", async () => {
  const calls: (() => Promise<unknown>)[] = [
    () => client.streamWrite("a-1", { type: "T", data: { amount: 1n } }),
    () => client.streamWrite("a-1", { type: "T", data: circle }),
    () => client.streamWrite("a-1", { type: "T", data: {}, metadata: circle }),
    () => client.streamWrite("a-1", { type: "T", data: undefined as unknown as object }),
    () => client.streamWrite("a-1", { type: 1n as unknown as string, data: {} }),
    () => client.streamWrite(1n as unknown as string, message),
    () => client.streamVersion(undefined as unknown as string),
    () => client.streamGet(undefined as unknown as string),
    () => client.streamLast(circle as unknown as string),
    () => client.namespaceCreate("n", { metadata: circle }),
    () => client.namespaceDelete(undefined as unknown as string),
    () => client.namespaceInfo(1n as unknown as string),
    () => client.upload("{}" as unknown as Blob),
    () => client.upload(undefined as unknown as Blob),
    () => client.upload(lockedStream()),
  ];
  for (const call of calls) await refused(call);
});

Deno.test("EventoDBClient refuses positions that are BigInts, texts or fractions", async () => {
  for (const wrong of [big, "1" as unknown as number, 1.5, NaN, Infinity]) {
    const calls: (() => Promise<unknown>)[] = [
      () => client.streamGet("a-1", { position: wrong }),
      () => client.streamGet("a-1", { globalPosition: wrong }),
      () => client.categoryGet("a", { position: wrong }),
      () => client.categoryGet("a", { batchSize: wrong }),
      () => client.categoryGet("a", { consumerGroup: { member: wrong, size: 2 } }),
      () => client.streamWrite("a-1", message, { expectedVersion: wrong }),
      () => client.namespaceStreams({ limit: wrong }),
      () => consume(client, "a", () => {}, { positionStore: { load: () => wrong, save() {} } }),
      () => consume(client, "a", () => {}, { consumerGroup: { member: 0, size: wrong } }),
      () => readAll(exportEvents({ url: "http://localhost:1" }, { from: wrong })),
      () => readAll(exportEvents({ url: "http://localhost:1" }, { to: wrong })),
    ];
    for (const call of calls) await refused(call);
    const iterations: (() => unknown)[] = [
      () => client.readStream("a-1", { position: wrong }),
      () => client.readCategory("a", { position: wrong }),
      () => client.subscribeToStream("a-1", { position: wrong }),
      () => client.subscribeToAll({ position: wrong }),
    ];
    for (const begin of iterations) {
      assertEquals(assertThrows(begin, EventoDBError).code, "INVALID_REQUEST");
    }
  }
  const error = await refused(() => client.streamGet("a-1", { position: big }));
  assert(error.message.includes('"position" must be an integer'), error.message);
  assert(error.message.includes("got the bigint 1"), error.message);
});

Deno.test("EventoDBClient refuses the name of a stream where a category is wanted", async () => {
  const calls: (() => Promise<unknown>)[] = [
    () => client.categoryGet("account-123"),
    () => client.categoryGet("account", { correlation: "workflow-1" }),
    () => consume(client, "account-123", () => {}),
    () => consume(client, "account", () => {}, { correlation: "workflow-1" }),
    () => readAll(exportEvents({ url: "http://localhost:1" }, { categories: ["account-123"] })),
  ];
  for (const call of calls) {
    const { message } = await refused(call);
    assert(
      /is not a category: category names have no "-"\. The category of that stream is/.test(
        message,
      ),
    );
  }
  const iterations: (() => unknown)[] = [
    () => client.readCategory("account-123"),
    () => client.categoryArriving("account-123"),
    () => client.subscribeToCategory("account-123"),
  ];
  for (const begin of iterations) {
    assertEquals(assertThrows(begin, EventoDBError).code, "INVALID_REQUEST");
  }
});

Deno.test("EventoDBClient knows the namespace that its token opens", () => {
  const namespaceOf = (token?: string) =>
    new EventoDBClient({ url: "http://localhost", token }).namespace;
  const secret = "0".repeat(64);
  assertEquals(namespaceOf(), "default");
  assertEquals(namespaceOf(`ns_ZGVmYXVsdA_${secret}`), "default");
  assertEquals(namespaceOf(`ns_w7wv_${secret}`), "ü/");
  assertEquals(namespaceOf(`ns_____${secret}`), null);
  assertEquals(namespaceOf("other"), null);
});
