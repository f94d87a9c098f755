/**
 * Reads of one stream.
 *
 * @module
 */

import { pageCharsMax } from "../../src/limits.ts";
import { scanMessagesMax } from "../../src/store/limits.ts";
import { assertEquals, assertGreater, assertLessOrEqual } from "../support/assert.ts";
import {
  importAll,
  messageOf,
  newMessage,
  NS,
  type OpenStore,
  openWithNamespace,
  readStreamAll,
  record,
  records,
} from "./support.ts";

/** Registers the tests. */
export function readStreamContract(open: OpenStore, backend: string): void {
  Deno.test(`readStream() goes by position, from and to given positions (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const stream = "a-1";
    const sent = [
      record({ globalPosition: 10, stream, position: 4 }),
      record({ globalPosition: 20, stream, position: 2 }),
      record({ globalPosition: 25, stream: "a-10", position: 3 }),
      record({ globalPosition: 30, stream, position: 9 }),
    ];
    await importAll(store, sent);
    assertEquals(
      await readStreamAll(store, stream),
      [sent[1], sent[0], sent[3]].flatMap((record) => record ? [messageOf(record)] : []),
    );
    const positions = async (query: Parameters<typeof readStreamAll>[2]) =>
      (await readStreamAll(store, stream, query)).map(({ position }) => position);
    assertEquals(await positions({ from: 4 }), [4, 9]);
    assertEquals(await positions({ from: -5, limit: 1 }), [2]);
    assertEquals(await positions({ fromGlobal: 20 }), [2, 9]);
    assertEquals(await positions({ fromGlobal: 11, limit: 1 }), [2]);
    assertEquals(await positions({ from: 10 }), []);
    assertEquals(await positions({ limit: 0 }), []);
    assertEquals(await readStreamAll(store, "a-2"), []);
  });

  Deno.test(`readStream() ends at what was there when it began (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(store, records(2_500, 1));
    let read = 0;
    for await (const page of store.readStream(NS, "stream-0", { from: 0, limit: Infinity })) {
      assertGreater(page.length, 0);
      assertLessOrEqual(page.length, 1_000);
      read += page.length;
      await store.write(NS, "stream-0", newMessage());
    }
    assertEquals(read, 2_500);
  });

  Deno.test(`readStream() gives large messages in small pages (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const data = `{"text":"${"x".repeat(1_000_000)}"}`;
    for (let position = 0; position < 9; position++) {
      await store.write(NS, "a-1", newMessage({ data }));
    }
    let read = 0;
    for await (const page of store.readStream(NS, "a-1", { from: 0, limit: Infinity })) {
      read += page.length;
      // A page ends with the message that fills it.
      assertLessOrEqual((page.length - 1) * data.length, pageCharsMax);
    }
    assertEquals(read, 9);
  });

  Deno.test(`readStream() finds what lies far behind a global position (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const count = scanMessagesMax + 10;
    await importAll(store, records(count, 1));
    assertEquals(
      (await readStreamAll(store, "stream-0", { fromGlobal: count })).map(({ position }) =>
        position
      ),
      [count - 1],
    );
  });

  Deno.test(`lastMessage() is the one with the highest position (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const stream = "a-1";
    const sent = [
      record({ globalPosition: 10, stream, position: 4, type: "Opened" }),
      record({ globalPosition: 20, stream, position: 2, type: "Closed" }),
    ];
    await importAll(store, sent);
    assertEquals((await store.lastMessage(NS, stream))?.globalPosition, 10);
    assertEquals((await store.lastMessage(NS, stream, "Opened"))?.globalPosition, 10);
    assertEquals((await store.lastMessage(NS, stream, "Closed"))?.globalPosition, 20);
    assertEquals(await store.lastMessage(NS, stream, "Other"), null);
    assertEquals(await store.lastMessage(NS, "a-2"), null);
    assertEquals(await store.lastMessage(NS, "a-2", "Opened"), null);
  });

  Deno.test(`lastMessage() finds a type at the beginning of a long stream (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const [first, ...rest] = records(2 * scanMessagesMax + 10, 1);
    if (first === undefined) throw new Error("there are records");
    await importAll(store, [{ ...first, type: "Opened" }, ...rest]);
    assertEquals((await store.lastMessage(NS, "stream-0", "Opened"))?.position, 0);
    assertEquals(await store.lastMessage(NS, "stream-0", "Closed"), null);
  });

  Deno.test(`streamVersion() is the highest position (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    assertEquals(await store.streamVersion(NS, "a-1"), null);
    await store.write(NS, "a-1", newMessage());
    assertEquals(await store.streamVersion(NS, "a-1"), 0);
    await importAll(store, [record({ globalPosition: 5, stream: "a-1", position: 41 })]);
    assertEquals(await store.streamVersion(NS, "a-1"), 41);
  });
}
