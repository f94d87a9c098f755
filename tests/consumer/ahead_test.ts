import { consume, EventoDBClient, EventoDBError, MemoryPositionStore } from "../../mod.ts";
import { assertEquals, assertRejects, assertStringIncludes } from "../support/assert.ts";
import { type Fault, startFailingServer } from "../support/failing_server.ts";
import { rpc, startServer } from "../support/server.ts";

const never = () => {};

/** A client of a server that says of `ns.info` what those written in Go say. */
async function startPair(withoutPosition: boolean) {
  await using undo = new AsyncDisposableStack();
  const server = undo.use(await startServer());
  const forget = (text: string) => text.replace(/,"globalPosition":\d+/, "");
  const failing = undo.use(
    startFailingServer(
      server.url,
      ({ method }): Fault | undefined =>
        withoutPosition && method === "ns.info" ? { change: forget } : undefined,
    ),
  );
  for (let i = 0; i < 3; i++) {
    await rpc(server, "stream.write", `account-${i}`, { type: "Opened", data: {} });
  }
  const client = new EventoDBClient({ url: failing.url, token: server.token });
  const resources = undo.move();
  return { client, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

Deno.test("consume() throws POSITION_AHEAD when it starts above the namespace's highest position", async () => {
  for (const [withoutPosition, globalPosition] of [[false, 3], [true, null]] as const) {
    await using test = await startPair(withoutPosition);
    const positionStore = new MemoryPositionStore(89);
    const error = await assertRejects(
      () => consume(test.client, "account", never, { positionStore }),
      EventoDBError,
    );
    assertEquals([error.code, error.details], ["POSITION_AHEAD", { position: 89, globalPosition }]);
    assertStringIncludes(error.message, "copy the service's database first, then export");
    assertEquals(positionStore.load(), 89);
  }
});

Deno.test("consume() starts at the highest position, whatever its category is", async () => {
  for (const withoutPosition of [false, true]) {
    await using test = await startPair(withoutPosition);
    // The highest is one of another category.
    await test.client.streamWrite("other-1", { type: "Opened", data: {} });
    const handled: number[] = [];
    const again = new AbortController();
    const positionStore = new MemoryPositionStore(4);
    const second = consume(test.client, "account", ({ globalPosition }) => {
      handled.push(globalPosition);
      again.abort();
    }, { positionStore, signal: again.signal });
    await test.client.streamWrite("account-9", { type: "Opened", data: {} });
    await second;
    assertEquals([handled.at(-1), positionStore.load()], [5, 5]);
  }
});

Deno.test('consume() waits for messages above its position with onAhead: "wait"', async () => {
  await using test = await startPair(false);
  const stop = new AbortController();
  const handled: number[] = [];
  const consuming = consume(test.client, "account", ({ globalPosition }) => {
    handled.push(globalPosition);
    stop.abort();
  }, { positionStore: new MemoryPositionStore(4), onAhead: "wait", signal: stop.signal });
  await test.client.streamWrite("account-1", { type: "Closed", data: {} });
  await test.client.streamWrite("account-2", { type: "Closed", data: {} });
  await consuming;
  assertEquals(handled, [5]);
});

Deno.test("consume() keeps its own position when a handler changes the message", async () => {
  await using test = await startPair(false);
  const stop = new AbortController();
  const positionStore = new MemoryPositionStore();
  await consume(test.client, "account", (message) => {
    if (message.globalPosition === 3) stop.abort();
    message.globalPosition = 1000;
  }, { raw: true, positionStore, signal: stop.signal });
  assertEquals(positionStore.load(), 3);
});
