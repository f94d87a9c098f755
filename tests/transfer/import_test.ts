import { EventoDBError } from "../../src/errors.ts";
import { batchRecordsMax } from "../../src/limits.ts";
import type { Message } from "../../src/message.ts";
import { formatRecord } from "../../src/record/format.ts";
import type { Store } from "../../src/store/store.ts";
import type { ImportProgress } from "../../src/import_result.ts";
import { importInto, importRecords } from "../../src/transfer/import.ts";
import { openTemporary } from "../store/temporary_store.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { bodyOf } from "../support/bodies.ts";
import { recordBody, sampleMessages } from "../support/events.ts";

const namespace = "orders";
const old = [...sampleMessages({ seed: 2, count: 5 })];

/** A store with one namespace, which holds five messages. */
async function openWithOld(): Promise<Store> {
  const store = await openTemporary();
  const tokenHash = "0".repeat(64);
  await store.createNamespace({ id: namespace, tokenHash, description: "", metadata: null });
  await importRecords(recordBody(old), store, namespace);
  return store;
}

async function messagesOf(store: Store): Promise<Message[]> {
  const pages = store.readMessages(namespace, { from: 1, limit: Infinity });
  return (await Array.fromAsync(pages)).flat();
}

/** Expects an import to be refused, and the namespace to be as it was. */
async function assertRefused(
  store: Store,
  chunks: Parameters<typeof bodyOf>[0],
  options: Parameters<typeof importRecords>[3] = {},
): Promise<EventoDBError> {
  const error = await assertRejects(
    () => importRecords(bodyOf(chunks).body, store, namespace, options),
    EventoDBError,
  );
  assertEquals(await messagesOf(store), old);
  return error;
}

/** Messages that get along with the old ones. */
function newMessages(count: number): Message[] {
  return [...sampleMessages({ seed: 3, count, afterGlobalPosition: 1000 })].map((message) => ({
    ...message,
    stream: `new-${message.stream}`,
  }));
}

function lines(messages: Message[]): string[] {
  return messages.map((message) => `${formatRecord(message)}\n`);
}

Deno.test("importRecords() puts every message where it was", async () => {
  await using store = await openWithOld();
  const messages = newMessages(2500);
  const { imported, skipped, elapsedMs } = await importRecords(
    recordBody(messages),
    store,
    namespace,
  );
  assertEquals([imported, skipped], [2500, 0]);
  assert(elapsedMs > 0);
  assertEquals(await messagesOf(store), [...old, ...messages]);
});

Deno.test("importRecords() reports how far it is after each batch", async () => {
  await using store = await openWithOld();
  const messages = newMessages(2 * batchRecordsMax + 5);
  const seen: ImportProgress[] = [];
  const onProgress = (progress: ImportProgress) => seen.push(progress);
  await importRecords(recordBody(messages), store, namespace, { onProgress });
  assertEquals(
    seen,
    [batchRecordsMax, 2 * batchRecordsMax, messages.length].map((imported) => ({
      imported,
      globalPosition: messages[imported - 1]!.globalPosition,
    })),
  );
});

Deno.test("importRecords() of an empty body imports nothing", async () => {
  await using store = await openWithOld();
  for (const chunks of [[], ["\n\r\n \n"]]) {
    const { imported, skipped } = await importRecords(bodyOf(chunks).body, store, namespace);
    assertEquals([imported, skipped], [0, 0]);
  }
  assertEquals(await messagesOf(store), old);
});

Deno.test("importRecords() replaces what is there with force, by nothing only if that is allowed", async () => {
  await using store = await openWithOld();
  const messages = newMessages(10);
  await importRecords(recordBody(messages), store, namespace, { force: true });
  assertEquals(await messagesOf(store), messages);
  const force = true;
  for (const nothing of [[], ["\n \n"]]) {
    const error = await assertRejects(
      () => importRecords(bodyOf(nothing).body, store, namespace, { force }),
      EventoDBError,
    );
    assertEquals([error.code, error.status], ["IMPORT_FAILED", 400]);
    assertEquals(await messagesOf(store), messages);
  }
  await importRecords(bodyOf([]).body, store, namespace, { force, allowEmpty: true });
  assertEquals(await messagesOf(store), []);
});

Deno.test("importRecords() skips what is there with existing=skip, and counts it", async () => {
  await using store = await openWithOld();
  const messages = [...old, ...newMessages(3)];
  const seen: ImportProgress[] = [];
  const { imported, skipped } = await importRecords(recordBody(messages), store, namespace, {
    existing: "skip",
    onProgress: (progress) => seen.push(progress),
  });
  assertEquals([imported, skipped], [3, 5]);
  assertEquals(seen, [{
    imported: 3,
    globalPosition: messages[7]!.globalPosition,
  }]);
  assertEquals(await messagesOf(store), messages);
});

Deno.test("importRecords() goes on naming the last position written while it skips", async () => {
  await using store = await openWithOld();
  const messages = newMessages(batchRecordsMax);
  const positions: number[] = [];
  await importRecords(recordBody([...messages, ...old]), store, namespace, {
    existing: "skip",
    onProgress: ({ globalPosition }) => positions.push(globalPosition),
  });
  const last = messages[batchRecordsMax - 1]!.globalPosition;
  assertEquals(positions, [last, last]);
});

Deno.test("importRecords() names the line of a bad record after thousands of good ones, and keeps none", async () => {
  await using store = await openWithOld();
  const good = lines(newMessages(3000));
  const { code, line, message } = await assertRefused(store, [...good, "\n", "{}\n", ...good]);
  assertEquals([code, line], ["INVALID_RECORD", 3002]);
  assertEquals(message, 'Cannot import line 3002: "id" is missing');
});

Deno.test("importRecords() names the line of a repeated global position", async () => {
  await using store = await openWithOld();
  const messages = newMessages(1500);
  messages[1400] = { ...messages[1400]!, globalPosition: messages[3]!.globalPosition };
  const { code, line } = await assertRefused(store, lines(messages));
  assertEquals([code, line], ["POSITION_EXISTS", 1401]);
});

Deno.test("importRecords() names the line of a position that the namespace has", async () => {
  await using store = await openWithOld();
  const message = newMessages(1)[0]!;
  const { stream, position } = old[2]!;
  const { code, line } = await assertRefused(store, [
    "\n",
    ...lines([{ ...message, stream, position }]),
  ]);
  assertEquals([code, line], ["POSITION_EXISTS", 2]);
});

Deno.test("importRecords() names the line of an id that the namespace has", async () => {
  await using store = await openWithOld();
  const [first, second] = newMessages(2);
  const { code, line } = await assertRefused(
    store,
    lines([first!, { ...second!, id: old[0]!.id }]),
  );
  assertEquals([code, line], ["MESSAGE_ID_EXISTS", 2]);
});

Deno.test("importRecords() keeps the old messages when a forced import fails", async () => {
  await using store = await openWithOld();
  const { code, line } = await assertRefused(store, [...lines(newMessages(2000)), "x"], {
    force: true,
  });
  assertEquals([code, line], ["INVALID_JSON", 2001]);
});

Deno.test("importRecords() fails with IMPORT_FAILED when its body fails, and keeps nothing", async () => {
  await using store = await openWithOld();
  const cause = new TypeError("connection reset");
  const error = await assertRefused(store, [...lines(newMessages(2000)), cause]);
  assertEquals([error.code, error.cause], ["IMPORT_FAILED", cause]);
  assert(error.message.includes("connection reset"));
});

Deno.test("importRecords() fails with IMPORT_FAILED when its listener throws, and keeps nothing", async () => {
  await using store = await openWithOld();
  const cause = new RangeError("listener");
  const error = await assertRefused(store, lines(newMessages(5)), {
    onProgress() {
      throw cause;
    },
  });
  assertEquals([error.code, error.cause], ["IMPORT_FAILED", cause]);
});

Deno.test("importRecords() stops at its signal with its reason, and keeps nothing", async () => {
  await using store = await openWithOld();
  const stop = new AbortController();
  const reason = new RangeError("stopped");
  let taken = 0;
  function* endless(): Generator<string> {
    for (const line of lines(newMessages(8 * batchRecordsMax))) {
      taken++;
      yield line;
    }
  }
  const watched = bodyOf(endless());
  const importing = importRecords(watched.body, store, namespace, {
    signal: stop.signal,
    onProgress: () => stop.abort(reason),
  });
  assertEquals(await assertRejects(() => importing), reason);
  assertEquals(await watched.cancelled, reason);
  // A few batches are on their way to the store, and the next one is read.
  assert(taken < 6 * batchRecordsMax);
  assertEquals(await messagesOf(store), old);
});

Deno.test("importRecords() does not commit once its signal has come, though all is written", async () => {
  await using store = await openWithOld();
  const stop = new AbortController();
  const importing = importRecords(recordBody(newMessages(3)), store, namespace, {
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  await assertRejects(() => importing, DOMException, "aborted");
  assertEquals(await messagesOf(store), old);
});

Deno.test("importRecords() does not wait for a body that is silent when its signal comes", async () => {
  await using store = await openWithOld();
  const stop = new AbortController();
  const asked = Promise.withResolvers<void>();
  const silent = new ReadableStream<Uint8Array>({
    pull: () => asked.resolve(),
  }, { highWaterMark: 0 });
  const importing = importRecords(silent, store, namespace, { signal: stop.signal });
  await asked.promise;
  stop.abort();
  await assertRejects(() => importing, DOMException, "aborted");
  assertEquals(await messagesOf(store), old);
});

Deno.test("importRecords() begins nothing when its signal has come before it", async () => {
  await using store = await openWithOld();
  const watched = bodyOf(lines(newMessages(1)));
  const signal = AbortSignal.abort();
  await assertRejects(
    () => importRecords(watched.body, store, "nowhere", { signal }),
    DOMException,
  );
  await watched.cancelled;
  assertEquals([watched.taken, await messagesOf(store)], [0, old]);
});

Deno.test("importRecords() is refused while another import runs, and releases its body", async () => {
  await using store = await openWithOld();
  await using _running = await store.beginImport(namespace);
  const watched = bodyOf(lines(newMessages(1)));
  const error = await assertRejects(
    () => importRecords(watched.body, store, namespace),
    EventoDBError,
  );
  assertEquals([error.code, watched.taken], ["IMPORT_IN_PROGRESS", 0]);
  assertEquals(await watched.cancelled, error);
  assertEquals(await messagesOf(store), old);
});

Deno.test("importRecords() needs a namespace that is there", async () => {
  await using store = await openWithOld();
  const watched = bodyOf(lines(newMessages(1)));
  const error = await assertRejects(
    () => importRecords(watched.body, store, "nowhere"),
    EventoDBError,
  );
  assertEquals(error.code, "NAMESPACE_NOT_FOUND");
  await watched.cancelled;
});

Deno.test("importRecords() lets the next import in after it has failed", async () => {
  await using store = await openWithOld();
  await assertRefused(store, ["x"]);
  const messages = newMessages(3);
  await importRecords(recordBody(messages), store, namespace);
  assertEquals(await messagesOf(store), [...old, ...messages]);
});

Deno.test("importInto() commits, and leaves the failures of its body as they are", async () => {
  await using store = await openWithOld();
  const cause = new TypeError("connection reset");
  {
    await using unit = await store.beginImport(namespace);
    const failing = bodyOf([...lines(newMessages(2)), cause]).body;
    assertEquals(await assertRejects(() => importInto(unit, failing)), cause);
  }
  assertEquals(await messagesOf(store), old);
  const messages = newMessages(2);
  {
    await using unit = await store.beginImport(namespace);
    await importInto(unit, recordBody(messages));
  }
  assertEquals(await messagesOf(store), [...old, ...messages]);
});
