/**
 * Names that look like paths, keywords or each other are names all the same.
 *
 * @module
 */

import { assertEquals } from "../support/assert.ts";
import { create, newMessage, NS, type OpenStore, openWithNamespace, readAll } from "./support.ts";

const NAMESPACES = [
  "../x",
  "a/b",
  "a\\b",
  "ü",
  "u\u0308",
  "CON",
  "con",
  "Orders",
  "orders",
  "ORDERS",
  ".",
  "..",
  " ",
  "a b",
  "a%2Fb",
  "'; DROP TABLE messages; --",
  '"',
  "😀",
  "default",
  "x".repeat(255),
  "x".repeat(254) + "y",
  "ü".repeat(127),
];

const STREAMS = [
  "a-1",
  "A-1",
  "a-'\"",
  "a-%",
  "a-_",
  "ü-1",
  "u\u0308-1",
  "😀-\u{10ffff}",
  "-",
  "-a",
  "a-",
  "a--b",
  " ",
  "a\n-\t",
  "x".repeat(1_024),
  "ü".repeat(512),
];

/** Registers the tests. */
export function namesContract(open: OpenStore, backend: string): void {
  Deno.test(`createNamespace() keeps all ids apart (${backend})`, async () => {
    await using store = await open();
    for (const id of NAMESPACES) await create(store, id);
    for (const id of NAMESPACES) {
      const data = JSON.stringify({ id });
      await store.write(id, "stream-1", newMessage({ data }));
    }
    for (const id of NAMESPACES) {
      assertEquals((await readAll(store, {}, id)).map(({ data }) => JSON.parse(data)), [{ id }]);
      assertEquals((await store.findNamespace(id))?.id, id);
    }
    assertEquals((await store.listNamespaces()).length, NAMESPACES.length);
    for (const [index, id] of NAMESPACES.entries()) {
      assertEquals(await store.deleteNamespace(id), 1);
      assertEquals((await store.listNamespaces()).length, NAMESPACES.length - index - 1);
    }
  });

  Deno.test(`write() keeps all stream names apart (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    for (const stream of STREAMS) await store.write(NS, stream, newMessage({ type: stream }));
    for (const stream of STREAMS) {
      assertEquals((await store.lastMessage(NS, stream))?.type, stream);
      assertEquals(await store.streamVersion(NS, stream), 0);
    }
    const listed = await store.listStreams(NS, { prefix: "", cursor: "", limit: 1_000 });
    const bytes = (text: string) => new TextEncoder().encode(text).toHex();
    assertEquals(
      listed.map(({ stream }) => stream),
      STREAMS.toSorted((a, b) => bytes(a) < bytes(b) ? -1 : 1),
    );
    for (const prefix of ["a-", "ü", "%", "_", "😀"]) {
      assertEquals(
        (await store.listStreams(NS, { prefix, cursor: "", limit: 1_000 })).length,
        STREAMS.filter((stream) => stream.startsWith(prefix)).length,
      );
    }
    assertEquals((await readAll(store, { categories: [""] })).map(({ stream }) => stream), [
      "-",
      "-a",
    ]);
  });
}
