import fc from "fast-check";
import { feedQueueMax } from "../../src/subscription/limits.ts";
import { isMemberOf } from "../../src/group_member.ts";
import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import { openFeed } from "../../src/subscription/feed.ts";
import { SubscriptionHub } from "../../src/subscription/hub.ts";
import type { Poke } from "../../src/message.ts";
import { create, importAll, newMessage, NS, readAll, record } from "../contract/support.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { openTemporary } from "../store/temporary_store.ts";
import { count, subscribe } from "./live.ts";

async function openMemory(): Promise<Store> {
  const store = await openStore("sqlite://memory");
  await create(store, NS);
  return store;
}

async function write(store: Store, messages: number, stream = "a-1"): Promise<void> {
  await Promise.all(Array.from({ length: messages }, () => store.write(NS, stream, newMessage())));
}

function at(globalPosition: number, stream = `i-${globalPosition}`) {
  return record({ globalPosition, stream, id: crypto.randomUUID() });
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

Deno.test("openFeed() gives what is there, however much, and then what comes", async () => {
  await using store = await openMemory();
  await importAll(store, range(1, 2_500).map((n) => at(n)));
  const reader = subscribe(store);
  await reader.until(count(2_500));
  await write(store, 3);
  await reader.until(count(2_503));
  assertEquals(reader.places, range(1, 2_503));
  await reader.leave();
});

Deno.test("openFeed() begins at the position that was asked for", async () => {
  await using store = await openMemory();
  await write(store, 4);
  await write(store, 4, "b-1");
  const hub = new SubscriptionHub(store);
  const global = subscribe(store, hub, { from: 6 });
  const stream = subscribe(store, hub, { subject: { stream: "b-1" }, from: 2 });
  const later = subscribe(store, hub, { from: 10 });
  const resumed = subscribe(store, hub, { subject: { stream: "b-1" }, fromGlobal: 8 });
  await write(store, 2, "b-1");
  await global.until(count(5));
  assertEquals(global.places, [6, 7, 8, 9, 10]);
  await stream.until(count(4));
  assertEquals(stream.pokes.map(({ position }) => position), [2, 3, 4, 5]);
  await later.until(count(1));
  assertEquals(later.places, [10]);
  await resumed.until(count(3));
  assertEquals(resumed.places, [8, 9, 10]);
});

Deno.test("openFeed() filters live messages as it does those in the store", async () => {
  await using store = await openMemory();
  const hub = new SubscriptionHub(store);
  const metadata = '{"correlationStreamName":"flow-7"}';
  const writeRound = async () => {
    for (let n = 0; n < 30; n++) {
      await store.write(NS, `a-${n}+x`, newMessage(n % 3 === 0 ? { metadata } : {}));
      await store.write(NS, "b-1", newMessage());
      await store.write(NS, "a", newMessage());
    }
  };
  await writeRound();
  const subjects = [
    { category: "a" },
    { category: "a-1" },
    { category: "a", consumerGroup: { member: 1, size: 3 } },
    { consumerGroup: { member: 0, size: 2 } },
    { category: "a", correlation: "flow" },
    { stream: "a-3+x" },
  ];
  const readers = subjects.map((subject) => subscribe(store, hub, { subject }));
  await readers[0]!.until(count(60));
  await writeRound();
  const all = await readAll(store);
  const expected = [
    all.filter(({ stream }) => stream !== "b-1"),
    [],
    all.filter(({ stream }) => stream !== "b-1" && isMemberOf(stream, { member: 1, size: 3 })),
    all.filter(({ stream }) => isMemberOf(stream, { member: 0, size: 2 })),
    all.filter(({ metadata }) => metadata !== null),
    all.filter(({ stream }) => stream === "a-3+x"),
  ];
  for (const [index, reader] of readers.entries()) {
    await reader.until(count(expected[index]!.length));
    assertEquals(reader.places, expected[index]!.map(({ globalPosition }) => globalPosition));
  }
});

Deno.test("openFeed() leaves no seam between the store and live messages", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          fc.record({ write: fc.integer({ min: 1, max: 40 }) }),
          fc.record({ import: fc.integer({ min: 1, max: 40 }) }),
          fc.record({ join: fc.constant(true) }),
          fc.record({ pause: fc.constant(true) }),
        ),
        { minLength: 4, maxLength: 14 },
      ),
      async (steps) => {
        await using store = await openMemory();
        const hub = new SubscriptionHub(store);
        const readers = [subscribe(store, hub)];
        const writing: Promise<void>[] = [];
        let next = 1_000_000;
        for (const step of steps) {
          if ("write" in step) writing.push(write(store, step.write, `a-${step.write % 5}`));
          else if ("import" in step) {
            next += 1_000_000;
            const records = range(next, next + step.import - 1).map((n) => at(n));
            // One after another: a second one at the same time is refused.
            await importAll(store, records);
          } else if ("join" in step) readers.push(subscribe(store, hub));
          else await new Promise((resolve) => setTimeout(resolve, 0));
        }
        await Promise.all(writing);
        const all = (await readAll(store)).map(({ globalPosition }) => globalPosition);
        for (const reader of readers) {
          await reader.until(count(all.length));
          assertEquals(reader.places, all);
          await reader.leave();
        }
        assertEquals(hub.size, 0);
      },
    ),
    { numRuns: 40 },
  );
});

Deno.test("openFeed() gives each imported message once, also below where it had come to", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uniqueArray(fc.integer({ min: 1, max: 400 }), { maxLength: 60 }), {
        maxLength: 5,
      }),
      fc.integer({ min: 0, max: 200 }),
      fc.boolean(),
      async (imports, from, isSlow) => {
        await using store = await openMemory();
        await importAll(store, [at(500), at(600)]);
        const hub = new SubscriptionHub(store);
        const reader = subscribe(store, hub, { from });
        if (!isSlow) await reader.until(count(2));
        const taken = new Set<number>();
        const expected: number[] = [];
        for (const positions of imports) {
          const fresh = positions.filter((n) => !taken.has(n)).sort((a, b) => a - b);
          for (const n of fresh) taken.add(n);
          await importAll(store, fresh.map((n) => at(n)));
          expected.push(...fresh.filter((n) => n >= from));
        }
        await write(store, 1);
        await reader.until((pokes) => pokes.at(-1)?.globalPosition === 601);
        const all = [...expected, 500, 600, 601];
        assertEquals(reader.places.toSorted((a, b) => a - b), all.toSorted((a, b) => a - b));
        if (!isSlow) assertEquals(reader.places, [500, 600, ...expected, 601]);
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("openFeed() throws a page away that was read while an import committed", async () => {
  await using store = await openMemory();
  await importAll(store, [at(20)]);
  const isRead = Promise.withResolvers<void>();
  const goesOn = Promise.withResolvers<void>();
  // The first page is read before the import, and arrives after it.
  const slow = new Proxy(store, {
    get(target, key) {
      if (key !== "readMessages") {
        const value = Reflect.get(target, key);
        return typeof value === "function" ? value.bind(target) : value;
      }
      return async function* (...args: Parameters<Store["readMessages"]>) {
        for await (const page of target.readMessages(...args)) {
          isRead.resolve();
          await goesOn.promise;
          yield page;
        }
      };
    },
  });
  const reader = subscribe(slow, new SubscriptionHub(store), { from: 15 });
  await isRead.promise;
  await importAll(store, [at(17)]);
  goesOn.resolve();
  await write(store, 1);
  await reader.until((pokes) => pokes.at(-1)?.globalPosition === 21);
  assertEquals(reader.places, [17, 20, 21]);
  await reader.leave();
});

Deno.test("openFeed() notifies a stream's reader of what an import adds below its position", async () => {
  await using store = await openTemporary();
  await create(store, NS);
  await importAll(store, [
    record({ stream: "a-1", position: 4, globalPosition: 50, id: crypto.randomUUID() }),
  ]);
  const reader = subscribe(store, undefined, { subject: { stream: "a-1" }, from: 1 });
  await reader.until(count(1));
  await importAll(
    store,
    [0, 1, 3].map((position) =>
      record({
        stream: "a-1",
        position,
        globalPosition: 10 + position,
        id: crypto.randomUUID(),
      })
    ),
  );
  await write(store, 1);
  await reader.until(count(4));
  assertEquals(reader.pokes.map(({ position }) => position), [4, 1, 3, 5]);
});

Deno.test("openFeed() starts over when an import replaces everything", async () => {
  await using store = await openTemporary();
  await create(store, NS);
  await write(store, 10);
  const hub = new SubscriptionHub(store);
  const all = subscribe(store, hub, { from: 3 });
  const stream = subscribe(store, hub, { subject: { stream: "a-1" } });
  await all.until(count(8));
  await stream.until(count(10));
  all.pokes.length = 0;
  stream.pokes.length = 0;
  const records = [2, 5, 700].map((n, position) =>
    record({ stream: "a-1", position, globalPosition: n, id: crypto.randomUUID() })
  );
  await importAll(store, records, { force: true });
  await write(store, 1);
  await all.until(count(3));
  assertEquals(all.places, [5, 700, 701]);
  await stream.until(count(4));
  assertEquals(stream.pokes.map(({ position }) => position), [0, 1, 2, 3]);
});

Deno.test("openFeed() keeps little for a reader that is slow, and gives it everything", async () => {
  await using store = await openMemory();
  const hub = new SubscriptionHub(store);
  let encoded = 0;
  const reader = subscribe(store, hub, {
    encode: (poke) => {
      encoded++;
      return poke;
    },
  });
  for (let n = 0; n < 20; n++) await write(store, 100);
  assert(encoded <= feedQueueMax + 1, `${encoded} pokes are waiting`);
  await reader.until(count(2_000));
  assertEquals(reader.places, range(1, 2_000));
});

Deno.test("openFeed() ends properly when the namespace is deleted, read or not", async () => {
  await using store = await openMemory();
  await write(store, 1_000);
  const hub = new SubscriptionHub(store);
  const ended: unknown[] = [];
  const onEnd = (failure?: unknown) => ended.push(failure);
  const reader = subscribe(store, hub, { onEnd });
  subscribe(store, hub, { onEnd });
  await reader.until(count(1_000));
  await store.deleteNamespace(NS);
  await create(store, NS);
  await write(store, 5);
  assertEquals(ended, [undefined, undefined]);
  assert(await reader.until(() => false));
  assertEquals(reader.places.length, 1_000);
  assertEquals(hub.size, 0);
});

Deno.test("openFeed() says why when the store cannot be read, and ends properly", async () => {
  const store = await openMemory();
  await write(store, 2_000);
  const ended: unknown[] = [];
  const reader = subscribe(store, undefined, { onEnd: (failure) => ended.push(failure) });
  await reader.until(count(1));
  await store[Symbol.asyncDispose]();
  assert(await reader.until(() => false));
  assertEquals(ended.map((failure) => failure instanceof Error), [true]);
});

Deno.test("openFeed() gives an idle reader a sign of life, and a slow one none", async () => {
  await using store = await openMemory();
  const hub = new SubscriptionHub(store);
  const feed = openFeed<Poke | "ready" | "alive">(store, hub, {
    namespace: NS,
    subject: {},
    from: 0,
    encode: (poke) => poke,
    first: ["ready"],
    heartbeat: { value: "alive", everyMs: 1 },
  });
  const reader = feed.getReader();
  assertEquals((await reader.read()).value, "ready");
  for (let n = 0; n < 5; n++) assertEquals((await reader.read()).value, "alive");
  await reader.cancel();
});

Deno.test("openFeed() ends when it is no longer allowed", async () => {
  await using store = await openMemory();
  const hub = new SubscriptionHub(store);
  let isAllowed = true;
  let ended = 0;
  const feed = openFeed<Poke | "alive">(store, hub, {
    namespace: NS,
    subject: {},
    from: 0,
    encode: (poke) => poke,
    heartbeat: { value: "alive", everyMs: 1 },
    isAllowed: () => Promise.resolve(isAllowed),
    onEnd: () => ended++,
  });
  const reader = feed.getReader();
  for (let n = 0; n < 5; n++) assertEquals((await reader.read()).value, "alive");
  isAllowed = false;
  while (!(await reader.read()).done);
  assertEquals([ended, hub.size], [1, 0]);
});
