/**
 * Messages by their ids, wherever they came from.
 *
 * @module
 */

import { pageCharsMax } from "../../src/limits.ts";
import { assertEquals } from "../support/assert.ts";
import {
  assertCode,
  create,
  importAll,
  messageOf,
  newMessage,
  NS,
  type OpenStore,
  openWithNamespace,
  readAll,
  record,
  records,
} from "./support.ts";

/**
 * Registers the tests.
 *
 * @param open Opens a store.
 * @param backend What it is called.
 */
export function findMessageContract(open: OpenStore, backend: string): void {
  Deno.test(`findMessage() finds what was written and what was imported (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const first = records(30);
    await importAll(store, first);
    const written = newMessage({ data: '{"n":9007199254740993}', metadata: '{"a":1.0}' });
    await store.write(NS, "written-1", written);
    // On Deno KV, another layer, with positions below and above.
    const odd = record({ globalPosition: 50, id: 'urn:x "7" ü', stream: 'a"b-1' });
    const large = record({ globalPosition: 60, data: `{"text":"${"ü".repeat(pageCharsMax)}"}` });
    await importAll(store, [record({ globalPosition: 41 }), odd, large]);
    const all = await readAll(store);
    assertEquals(all.length, 34);
    for (const message of all) assertEquals(await store.findMessage(NS, message.id), message);
    assertEquals(await store.findMessage(NS, odd.id), messageOf(odd));
  });

  Deno.test(`findMessage() compares ids as text (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const id = "ABCDEF00-0000-4000-8000-000000000001";
    await importAll(store, [record({ globalPosition: 3, id })]);
    assertEquals((await store.findMessage(NS, id))?.globalPosition, 3);
    for (const other of [id.toLowerCase(), `${id} `, id.slice(1), "%", "none"]) {
      assertEquals(await store.findMessage(NS, other), null);
    }
  });

  Deno.test(`findMessage() finds what an import has left, and nothing before its commit (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const [kept, replaced] = [record({ globalPosition: 1 }), record({ globalPosition: 2 })];
    await importAll(store, [kept, replaced]);
    const again = { ...kept, globalPosition: 7 };
    await importAll(store, [again], { force: true });
    assertEquals(await store.findMessage(NS, kept.id), messageOf(again));
    assertEquals(await store.findMessage(NS, replaced.id), null);
    await assertCode(() => store.findMessage("none", kept.id), "NAMESPACE_NOT_FOUND");
    await store.deleteNamespace(NS);
    await create(store, NS);
    assertEquals(await store.findMessage(NS, kept.id), null);
  });
}
