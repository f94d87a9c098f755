/**
 * What listeners are told.
 *
 * @module
 */

import type { Appended } from "../../src/store/store.ts";
import { assert, assertEquals } from "../support/assert.ts";
import {
  assertCode,
  importAll,
  newMessage,
  NS,
  type OpenStore,
  openWithNamespace,
  readAll,
  record,
} from "./support.ts";

/** Registers the tests. */
export function appendedContract(open: OpenStore, backend: string): void {
  Deno.test(`onAppended() tells of every write, in order (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const heard: Appended[] = [];
    store.onAppended((appended) => heard.push(appended));
    const metadata = '{"correlationStreamName":"flow-1"}';
    await store.write(NS, "a-1", newMessage({ metadata }));
    await Promise.all([1, 2, 3].map((n) => store.write(NS, `b-${n}`, newMessage())));
    await assertCode(() => store.write(NS, "a-1", newMessage(), 7), "STREAM_VERSION_CONFLICT");
    const messages = heard.flatMap(({ messages = [] }) => messages);
    assertEquals(messages[0], {
      stream: "a-1",
      position: 0,
      globalPosition: 1,
      correlation: "flow",
    });
    assertEquals(messages.map(({ globalPosition }) => globalPosition), [1, 2, 3, 4]);
    assertEquals(messages.slice(1).map(({ correlation }) => correlation), [null, null, null]);
    let previous = 0;
    for (const appended of heard.filter(({ messages }) => messages !== undefined)) {
      assertEquals([appended.namespace, appended.previous], [NS, previous]);
      previous = appended.messages?.at(-1)?.globalPosition ?? -1;
    }
  });

  Deno.test(`onAppended() tells of a message that can be read already (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    let read: Promise<unknown[]> = Promise.resolve([]);
    store.onAppended(() => read = readAll(store));
    await store.write(NS, "a-1", newMessage());
    assertEquals((await read).length, 1);
    await importAll(store, [record({ globalPosition: 10 })]);
    assertEquals((await read).length, 2);
  });

  Deno.test(`onAppended() tells of imports and deletions without messages (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const heard: Appended[] = [];
    store.onAppended((appended) => heard.push(appended));
    const bare = { namespace: NS };
    await importAll(store, [record({ globalPosition: 10 })]);
    assertEquals(heard[0], bare);
    await assertCode(() => importAll(store, [record({ globalPosition: 10 })]), "POSITION_EXISTS");
    heard.length = 0;
    await store.deleteNamespace(NS);
    assertEquals(heard[0], bare);
    // A backend that looks for what other processes have done may tell of the same thing twice.
    assertEquals(heard, heard.map(() => bare));
  });

  Deno.test(`onAppended() gives a function that ends it (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const heard: Appended[] = [];
    const end = store.onAppended((appended) => heard.push(appended));
    await store.write(NS, "a-1", newMessage());
    end();
    const before = heard.length;
    assert(before > 0);
    await store.write(NS, "a-1", newMessage());
    assertEquals(heard.length, before);
  });
}
