/**
 * Reads of many streams, by global position.
 *
 * @module
 */

import { isMemberOf } from "../../src/group_member.ts";
import { scanMessagesMax } from "../../src/store/limits.ts";
import type { MessageQuery } from "../../src/store/store.ts";
import { assert, assertEquals, assertLessOrEqual } from "../support/assert.ts";
import {
  assertCode,
  globalPositions,
  importAll,
  newMessage,
  NS,
  type OpenStore,
  openWithNamespace,
  readAll,
  record,
  records,
} from "./support.ts";

/** Registers the tests. */
export function readMessagesContract(open: OpenStore, backend: string): void {
  Deno.test(`readMessages() goes by global position through categories (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const streams = ["a-1", "b-1", "a-2", "c-1", "a", "ab-1", "b-2", "a-1-2"];
    for (const stream of streams) await store.write(NS, stream, newMessage());
    const find = (categories: string[], query = {}) =>
      globalPositions(store, { categories, ...query });
    assertEquals(await globalPositions(store), [1, 2, 3, 4, 5, 6, 7, 8]);
    assertEquals(await find(["a"]), [1, 3, 5, 8]);
    assertEquals(await find(["b", "a", "b"]), [1, 2, 3, 5, 7, 8]);
    assertEquals(await find(["a", "b"], { from: 3, to: 7 }), [3, 5, 7]);
    assertEquals(await find(["a", "b"], { from: 2, limit: 3 }), [2, 3, 5]);
    assertEquals(await find(["a-1"]), []);
    assertEquals(await find(["a-1", "c"]), [4]);
    assertEquals(await find([]), []);
    assertEquals(await find(["none"]), []);
    assertEquals(await globalPositions(store, { from: -3, limit: 2 }), [1, 2]);
    assertEquals(await globalPositions(store, { from: 9 }), []);
    assertEquals(await globalPositions(store, { to: 0 }), []);
    assertEquals(await globalPositions(store, { limit: 0 }), []);
  });

  Deno.test(`readMessages() merges any number of categories (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const count = 300;
    await importAll(
      store,
      records(count).map((record, index) => ({
        ...record,
        stream: `c${index % 100}-${index}`,
        position: 0,
      })),
    );
    for (const size of [1, 2, 31, 32, 33, 99]) {
      const categories = Array.from({ length: size }, (_, index) => `c${index}`);
      assertEquals(
        await globalPositions(store, { categories }),
        Array.from({ length: count }, (_, index) => index + 1).filter((n) => (n - 1) % 100 < size),
      );
    }
  });

  Deno.test(`readMessages() takes many pages, and ends where it began to (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(store, records(3_456));
    for (const categories of [undefined, ["stream"], ["stream", "other"]]) {
      const read: number[] = [];
      const query = { from: 0, limit: Infinity, ...(categories && { categories }) };
      for await (const page of store.readMessages(NS, query)) {
        assertLessOrEqual(page.length, 1_000);
        read.push(...page.map(({ globalPosition }) => globalPosition));
        if (read.length < 2_001) await store.write(NS, "stream-x", newMessage());
      }
      assertEquals(read.slice(0, 3_456), Array.from({ length: 3_456 }, (_, index) => index + 1));
    }
    assertEquals((await globalPositions(store, { from: 500, limit: 2_000 })).length, 2_000);
  });

  Deno.test(`readMessages() never goes above the end of its first tick (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(store, records(1_500));
    const read: number[] = [];
    const query = { from: 0, limit: Infinity, to: 1_000_000 };
    for await (const page of store.readMessages(NS, query)) {
      read.push(page.length);
      await store.write(NS, "stream-x", newMessage());
    }
    assertEquals(read.reduce((a, b) => a + b), 1_500);
  });

  Deno.test(`readMessages() gives each member its streams, and the limit after that (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const streams = ["a-1", "a-2", "a-1+x", "a", "a-3", "a-", "b-1", "a-4", "a-1+y"];
    for (const stream of streams) await store.write(NS, stream, newMessage());
    const seen: number[] = [];
    for (const member of [0, 1, 2]) {
      const consumerGroup = { member, size: 3 };
      const expected = streams.flatMap((stream, index) =>
        stream.startsWith("a-") && isMemberOf(stream, consumerGroup) ? [index + 1] : []
      );
      const query = { categories: ["a"], consumerGroup };
      assertEquals(await globalPositions(store, query), expected);
      assertEquals(await globalPositions(store, { ...query, limit: 1 }), expected.slice(0, 1));
      seen.push(...expected);
    }
    assertEquals(seen.toSorted((a, b) => a - b), [1, 2, 3, 5, 8, 9]);
  });

  Deno.test(`readMessages() finds the one match behind a long stretch of others (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const count = 2 * scanMessagesMax + 5;
    const all = records(count, 1);
    const last = record({
      globalPosition: count + 1,
      stream: "stream-other",
      time: "2025-08-01T00:00:00Z",
      metadata: '{"correlationStreamName":"flow-1"}',
    });
    await importAll(store, [...all, last]);
    const other = [0, 1, 2, 3].find((member) =>
      isMemberOf("stream-other", { member, size: 4 }) &&
      !isMemberOf("stream-0", { member, size: 4 })
    );
    if (other === undefined) throw new Error("the two streams need different members");
    for (const categories of [undefined, ["stream"], ["stream", "none"]]) {
      const find = (query: Parameters<typeof globalPositions>[1]) =>
        globalPositions(store, { ...query, ...(categories && { categories }) });
      assertEquals(await find({ correlation: "flow", limit: 1 }), [count + 1]);
      assertEquals(await find({ since: "2025-07-31T00:00:00Z" }), [count + 1]);
      assertEquals(await find({ correlation: "none" }), []);
      assertEquals(await find({ consumerGroup: { member: other, size: 4 } }), [count + 1]);
    }
  });

  Deno.test(`readMessages() compares the category of the correlation (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const metadata = [
      '{"correlationStreamName":"flow-1"}',
      '{"correlationStreamName":"flow"}',
      '{"correlationStreamName":"flower-1"}',
      '{"correlationStreamName":7}',
      '{"other":"flow-1"}',
      null,
      '{"correlationStreamName":"x-1","correlationStreamName":"flow-2-3"}',
      '{"correlationStreamName":"flow-2","correlationStreamName":"x-1"}',
    ];
    for (const text of metadata) await store.write(NS, "a-1", newMessage({ metadata: text }));
    await importAll(
      store,
      metadata.map((text, index) =>
        record({ globalPosition: 100 + index, stream: "a-2", position: index, metadata: text })
      ),
    );
    assertEquals(await globalPositions(store, { correlation: "flow" }), [1, 2, 7, 100, 101, 106]);
    assertEquals(
      await globalPositions(store, { correlation: "flow", categories: ["a"], limit: 2 }),
      [1, 2],
    );
    assertEquals(await globalPositions(store, { correlation: "flow-1" }), []);
  });

  Deno.test(`readMessages() takes since inclusive and until exclusive, to the nanosecond (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const times = [
      "2025-07-15T09:59:59.999999999Z",
      "2025-07-15T10:00:00Z",
      "2025-07-15T10:00:00.000000001Z",
      "2025-07-15T10:00:00.1Z",
      "2025-07-15T10:00:00.12Z",
      "2025-07-15T10:00:01Z",
    ];
    await importAll(store, times.map((time, index) => record({ globalPosition: index + 1, time })));
    const window = (since?: string, until?: string) =>
      globalPositions(store, { ...(since && { since }), ...(until && { until }) });
    for (const [index, time] of times.entries()) {
      const all = [1, 2, 3, 4, 5, 6];
      assertEquals(await window(time), all.slice(index));
      assertEquals(await window(undefined, time), all.slice(0, index));
    }
    assertEquals(await window("2025-07-15T10:00:00Z", "2025-07-15T10:00:00.1Z"), [2, 3]);
    assertEquals((await readAll(store)).map(({ time }) => time), times);
  });

  Deno.test(`readMessages() throws when its messages are replaced under it (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(store, records(2_500));
    const pages = store.readMessages(NS, { from: 0, limit: Infinity })[Symbol.asyncIterator]();
    assertEquals((await pages.next()).done, false);
    await importAll(store, records(2_500), { force: true });
    await assertCode(() => pages.next(), "BACKEND_ERROR", "replaced");
  });

  Deno.test(`readMessages() and readLines() end where they should (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const count = scanMessagesMax + 1_200;
    await importAll(store, records(count));
    const filters: Partial<MessageQuery>[] = [
      {},
      { categories: ["stream"] },
      { since: "2025-07-15T10:00:00Z" },
      { consumerGroup: { member: 0, size: 2 } },
      { correlation: "none" },
      { categories: Array.from({ length: 40 }, (_, n) => n === 7 ? "stream" : `none${n}`) },
    ];
    for (const filter of filters) {
      const all = await globalPositions(store, filter);
      // Postgres looks at more messages at once than there are.
      const isBlind = backend === "postgres" && all.length === 0;
      for (const asked of [1, 2]) {
        const told: number[] = [];
        const goesOn = (next: number) => told.push(next) < asked;
        const query = { from: 0, limit: Infinity, ...filter, goesOn };
        const found = (await Array.fromAsync(store.readMessages(NS, query))).flat();
        const end = told.length === asked ? told.at(-1)! : Infinity;
        assertEquals(
          found.map(({ globalPosition }) => globalPosition),
          all.filter((at) => at < end),
        );
        assert(told.length === asked || asked === 2 || isBlind, `${told}`);
        assert(told.length <= asked, `${told}`);
        assert(told.every((next, i) => next > (told[i - 1] ?? 1) && next <= count));
        told.length = 0;
        let lines = 0;
        for await (const page of store.readLines(NS, query)) {
          lines += page.filter((byte) => byte === 0x0a).length;
        }
        assert(told.length <= asked, `${told}`);
        const linesEnd = told.length === asked ? told.at(-1)! : Infinity;
        assertEquals(lines, all.filter((at) => at < linesEnd).length);
      }
    }
  });

  Deno.test(`readMessages() can be left at any page (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(store, records(2_500));
    for await (const page of store.readMessages(NS, { from: 0, limit: Infinity })) {
      assertEquals(page[0]?.globalPosition, 1);
      break;
    }
    assertEquals((await store.write(NS, "a-1", newMessage())).globalPosition, 2_501);
    assertEquals(await store.deleteNamespace(NS), 2_501);
  });
}
