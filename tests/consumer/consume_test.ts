import {
  consume,
  type ConsumeOptions,
  EventoDBClient,
  EventoDBError,
  MemoryPositionStore,
  type PositionStore,
  StreamPositionStore,
} from "../../mod.ts";
import { isMemberOf } from "../../src/group_member.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  fail,
} from "../support/assert.ts";
import { failure } from "../support/failing_server.ts";
import { startServer } from "../support/server.ts";

/** A server with so many messages in five streams, and a client of it. */
async function startWith(count: number) {
  await using undo = new AsyncDisposableStack();
  const server = undo.use(await startServer());
  const { url, token } = server;
  const client = new EventoDBClient({ url, token, retryDelayMs: 1 });
  const write = (n: number) =>
    client.streamWrite(`a-${n % 5}`, {
      type: "Counted",
      data: { n },
      metadata: n % 2 === 0 ? { correlationStreamName: "w-1" } : null,
    });
  for (let n = 1; n <= count; n++) await write(n);
  const resources = undo.move();
  return { client, server, write, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

/** Keeps every position that was ever saved. */
class SavedPositions implements PositionStore {
  readonly saved: number[] = [];
  load(): number {
    return this.saved.at(-1) ?? 0;
  }
  save(position: number): Promise<void> {
    this.saved.push(position);
    return Promise.resolve();
  }
}

/** Consumes until so many messages were handled, and gives their global positions. */
async function consumeSome(
  client: EventoDBClient,
  count: number,
  options: ConsumeOptions<false> = {},
): Promise<number[]> {
  const handled: number[] = [];
  const abort = new AbortController();
  await consume(client, "a", ({ globalPosition }) => {
    if (handled.push(globalPosition) === count) abort.abort();
  }, { ...options, signal: abort.signal });
  return handled;
}

Deno.test("consume() hands on what is there, then what comes, in order", async () => {
  await using test = await startWith(3);
  const handled: number[] = [];
  const abort = new AbortController();
  const third = Promise.withResolvers<void>();
  const consuming = consume(test.client, "a", ({ globalPosition }) => {
    handled.push(globalPosition);
    if (globalPosition === 3) third.resolve();
    if (globalPosition === 6) abort.abort();
    // Only pokes tell it of more: the first look on its own would come in an hour.
  }, { signal: abort.signal, pollIntervalMs: 3_600_000 });
  await third.promise;
  for (let n = 4; n <= 6; n++) await test.write(n);
  await consuming;
  assertEquals(handled, [1, 2, 3, 4, 5, 6]);
});

Deno.test("consume() goes on from the position that was kept", async () => {
  await using test = await startWith(10);
  const positionStore = new MemoryPositionStore();
  assertEquals(await consumeSome(test.client, 4, { positionStore }), [1, 2, 3, 4]);
  assertEquals(positionStore.load(), 4);
  assertEquals(await consumeSome(test.client, 3, { positionStore }), [5, 6, 7]);
  assertEquals(await consumeSome(test.client, 1, { positionStore: new MemoryPositionStore(8) }), [
    9,
  ]);
});

Deno.test("consume() saves the position every so often, at the end of a batch and at its end", async () => {
  await using test = await startWith(20);
  const positionStore = new SavedPositions();
  await consumeSome(test.client, 18, { positionStore, saveEvery: 4, batchSize: 10 });
  assertEquals(positionStore.saved, [4, 8, 10, 14, 18]);
});

Deno.test("consume() stops at a message that cannot be handled, and gets it again", async () => {
  await using test = await startWith(5);
  const positionStore = new SavedPositions();
  const mistake = new Error("no such account");
  const error = await assertRejects(
    () =>
      consume(test.client, "a", ({ globalPosition }) => {
        if (globalPosition === 3) throw mistake;
      }, { positionStore }),
    EventoDBError,
  );
  assertEquals(error.code, "HANDLER_FAILED");
  assertEquals(error.cause, mistake);
  assertEquals(
    error.message,
    'Cannot handle the "Counted" at position 0 of "a-3", global position 3: no such account',
  );
  assertEquals({ ...error.details, id: "" }, {
    id: "",
    stream: "a-3",
    type: "Counted",
    position: 0,
    globalPosition: 3,
  });
  assertEquals(positionStore.saved, [2]);
  assertEquals(await consumeSome(test.client, 1, { positionStore }), [3]);
});

Deno.test("consume() throws what goes wrong in keeping the position", async () => {
  await using test = await startWith(1);
  const mistake = new Error("disk full");
  const full = { load: () => null, save: () => Promise.reject(mistake) };
  assertEquals(
    await consume(test.client, "a", () => {}, { positionStore: full }).catch((error) => error),
    mistake,
  );
});

Deno.test("consume() refuses a position that is none, instead of beginning elsewhere", async () => {
  await using test = await startWith(3);
  // What drivers give for a 64-bit integer, among others.
  for (const loaded of ["2", 2n, NaN, -1, 1.5, Infinity]) {
    const error = await assertRejects(
      () =>
        consume(test.client, "a", () => {}, {
          positionStore: { load: () => loaded as number, save: () => {} },
        }),
      EventoDBError,
      `the ${typeof loaded} ${loaded}`,
    );
    assertEquals(error.code, "INVALID_REQUEST");
  }
});

Deno.test("consume() finishes the message in hand when it is aborted", async () => {
  await using test = await startWith(3);
  const positionStore = new MemoryPositionStore();
  const abort = new AbortController();
  const handled: number[] = [];
  await consume(test.client, "a", async ({ globalPosition }, { signal }) => {
    abort.abort();
    assert(signal.aborted);
    await test.client.streamVersion("a-1");
    handled.push(globalPosition);
  }, { positionStore, signal: abort.signal });
  assertEquals(handled, [1]);
  assertEquals(positionStore.load(), 1);
});

Deno.test("consume() ends quietly when the handler gives up with the signal's reason", async () => {
  await using test = await startWith(3);
  const positionStore = new MemoryPositionStore();
  const abort = new AbortController();
  await consume(test.client, "a", ({ globalPosition }, { signal }) => {
    if (globalPosition < 2) return;
    abort.abort();
    signal.throwIfAborted();
  }, { positionStore, signal: abort.signal });
  assertEquals(positionStore.load(), 1);
});

Deno.test("consume() ends while it waits for messages", async () => {
  await using test = await startWith(0);
  const abort = new AbortController();
  let subscriptions = 0;
  const client = new EventoDBClient({
    url: test.server.url,
    token: test.server.token,
    fetch(request) {
      // It subscribes when there is nothing left to read, and then waits.
      if (request.url.includes("/subscribe")) {
        subscriptions++;
        setTimeout(() => abort.abort());
      }
      return fetch(request);
    },
  });
  const neverCalled = () => fail("there is no message");
  await consume(client, "a", neverCalled, { signal: abort.signal, pollIntervalMs: 3_600_000 });
  assertEquals(subscriptions, 1);
  await consume(client, "a", neverCalled, { signal: abort.signal });
  assertEquals(subscriptions, 1);
});

Deno.test("consume() shares a category out among a group, each member with its own position", async () => {
  await using test = await startWith(30);
  const all = await test.client.categoryGet("a");
  for (const member of [0, 1]) {
    const consumerGroup = { member, size: 2 };
    const own = all.filter(({ stream }) => isMemberOf(stream, consumerGroup));
    assert(own.length > 0 && own.length < 30);
    const handled = await consumeSome(test.client, own.length, { consumerGroup, batchSize: 4 });
    assertEquals(handled, own.map(({ globalPosition }) => globalPosition));
  }
});

Deno.test("consume() keeps to a correlation", async () => {
  await using test = await startWith(6);
  assertEquals(await consumeSome(test.client, 3, { correlation: "w", batchSize: 2 }), [2, 4, 6]);
});

Deno.test("consume() hands payloads on as texts when asked to", async () => {
  await using test = await startWith(1);
  const abort = new AbortController();
  const texts: string[] = [];
  await consume(test.client, "", ({ data }) => {
    texts.push(data);
    abort.abort();
  }, { raw: true, signal: abort.signal });
  assertEquals(texts, ['{"n":1}']);
});

Deno.test("consume() finds messages without a poke", async () => {
  await using test = await startWith(0);
  // Nothing that it subscribes to is ever poked, as if every poke were lost.
  const deaf = new EventoDBClient({
    url: test.server.url,
    token: test.server.token,
    fetch: (request) =>
      fetch(request.url.replace(/category=a&/, "category=none&"), request.clone() as RequestInit),
  });
  const loaded = Promise.withResolvers<void>();
  const consuming = consumeSome(deaf, 1, {
    pollIntervalMs: 20,
    positionStore: {
      load() {
        loaded.resolve();
        return null;
      },
      save() {},
    },
  });
  await loaded.promise;
  await test.write(1);
  assertEquals(await consuming, [1]);
});

Deno.test("consume() outlasts its server, and misses nothing", async () => {
  const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  try {
    const first = await startServer({ dataDir: folder });
    const { port, token, url } = first;
    const waits = Promise.withResolvers<void>();
    let failed = 0;
    const client = new EventoDBClient({
      url,
      token,
      retries: 1,
      retryDelayMs: 1,
      async fetch(request) {
        try {
          return await fetch(request);
        } catch (error) {
          // More often than its retries are, and of those that read.
          if (request.url.endsWith("/rpc") && ++failed === 4) waits.resolve();
          throw error;
        }
      },
    });
    const write = () => client.streamWrite("a-1", { type: "T", data: {} });
    await write();
    const handled: number[] = [];
    const abort = new AbortController();
    const started = Promise.withResolvers<void>();
    const consuming = consume(client, "a", ({ globalPosition }) => {
      handled.push(globalPosition);
      started.resolve();
      if (globalPosition === 2) abort.abort();
    }, { signal: abort.signal, pollIntervalMs: 20 });
    await started.promise;
    await first[Symbol.asyncDispose]();
    await waits.promise;
    await using _second = await startServer({ dataDir: folder, port, token });
    await write();
    await consuming;
    assertEquals(handled, [1, 2]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("consume() throws when the server cannot be reached at the start", async () => {
  const client = new EventoDBClient({ url: "http://127.0.0.1:9", retries: 1, retryDelayMs: 1 });
  const error = await assertRejects(() => consume(client, "a", () => {}), EventoDBError);
  assertEquals(error.code, "CONNECTION_FAILED");
});

Deno.test("consume() throws when its namespace is deleted", async () => {
  await using test = await startWith(0);
  const { token } = await test.client.namespaceCreate("gone");
  const own = new EventoDBClient({ url: test.server.url, token, retryDelayMs: 1 });
  await own.streamWrite("a-1", { type: "T", data: {} });
  const started = Promise.withResolvers<void>();
  const consuming = consume(own, "a", () => started.resolve(), {
    pollIntervalMs: 3_600_000,
  });
  await started.promise;
  await test.client.namespaceDelete("gone");
  const error = await assertRejects(() => consuming, EventoDBError);
  assertEquals(error.status, 403);
});

Deno.test("consume() throws when it may read but not subscribe", async () => {
  await using test = await startWith(1);
  const client = new EventoDBClient({
    url: test.server.url,
    token: test.server.token,
    fetch: (request) =>
      request.url.includes("/subscribe")
        ? Promise.resolve(failure(404, "NOT_FOUND"))
        : fetch(request),
  });
  const positionStore = new MemoryPositionStore();
  const error = await assertRejects(
    () => consume(client, "a", () => {}, { positionStore }),
    EventoDBError,
  );
  assertEquals(error.code, "NOT_FOUND");
  assertEquals(positionStore.load(), 1);
});

Deno.test("StreamPositionStore keeps the position in its stream", async () => {
  await using test = await startWith(10);
  const positions = () => new StreamPositionStore(test.client, "a:position-counter");
  assertEquals(await consumeSome(test.client, 4, { positionStore: positions() }), [1, 2, 3, 4]);
  assertEquals(await positions().load(), 4);
  assertEquals(await consumeSome(test.client, 2, { positionStore: positions() }), [5, 6]);
  const last = await test.client.streamLast("a:position-counter");
  assertEquals([last?.type, last?.data], ["Recorded", { position: 6 }]);
});

Deno.test("StreamPositionStore refuses a stream that holds something else", async () => {
  await using test = await startWith(1);
  const error = await assertRejects(
    () => new StreamPositionStore(test.client, "a-1").load(),
    EventoDBError,
  );
  assertStringIncludes(error.message, 'Cannot read a position from "a-1"');
});

Deno.test("consume() refuses to read the category that its own position is written to", async () => {
  await using test = await startWith(0);
  const positionStore = new StreamPositionStore(test.client, "a:position-counter");
  for (const category of ["", "a:position"]) {
    const error = await assertRejects(
      () => consume(test.client, category, () => {}, { positionStore }),
      EventoDBError,
    );
    assertEquals(error.code, "INVALID_REQUEST");
  }
});
