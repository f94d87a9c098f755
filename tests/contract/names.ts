/**
 * Names that look like paths, keywords or each other are names all the same.
 *
 * @module
 */

import { exportEvents } from "../../mod.ts";
import { formatRecords } from "../../src/record/format.ts";
import { assertEquals, assertStringIncludes } from "../support/assert.ts";
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
} from "./support.ts";

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

const IDS = [
  "550e8400-e29b-41d4-a716-446655440000",
  "550E8400-E29B-41D4-A716-446655440000",
  "550e8400e29b41d4a716446655440000",
  "{550e8400-e29b-41d4-a716-446655440000}",
  "urn:uuid:550e8400-e29b-41d4-a716-446655440000",
  "order-42",
  "Order-42",
  "order-42 ",
  "0",
  "00",
  '"',
  "\\",
  "\\N",
  "a\\tb",
  "(a)=(b)",
  "ü",
  "u\u0308",
  "😀\u{10ffff}",
  "\ufeff",
  "x".repeat(255),
  "x".repeat(254) + "y",
  "ü".repeat(127),
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

  Deno.test(`an import keeps all message ids apart, and as they are (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const file = IDS.map((id, index) => record({ globalPosition: index + 1, id }));
    const messages = file.map(messageOf);
    await importAll(store, file);
    assertEquals(await readAll(store), messages);
    const exported = await new Response(exportEvents({ store, namespace: NS })).text();
    assertEquals(exported, formatRecords(messages));
    const lines = ReadableStream.from(store.readLines(NS, { from: 0, limit: Infinity }));
    assertEquals(await new Response(lines).text(), formatRecords(messages));
    assertEquals(await importAll(store, file, { existing: "skip" }), {
      imported: 0,
      skipped: IDS.length,
    });
    for (const id of IDS) {
      // In the namespace, and earlier in the file.
      const again = record({ globalPosition: 1_000, id, line: 7 });
      for (const before of [[], [record({ globalPosition: 900, id, line: 5 })]]) {
        const mode = before.length > 0 ? { force: true } : {};
        const importing = () => importAll(store, [...before, again], mode);
        const error = await assertCode(importing, "MESSAGE_ID_EXISTS");
        assertEquals(error.line, 7);
        assertStringIncludes(error.message, id === "order-42 " ? '"order-42 "' : "message id ");
      }
    }
    // A write asks for the id as it is, too.
    const taken = await assertCode(
      () => store.write(NS, "a-1", newMessage({ id: IDS[0] })),
      "MESSAGE_ID_EXISTS",
    );
    assertEquals(taken.details, { stream: "stream-1", position: 0, globalPosition: 1 });
    assertEquals(await readAll(store), messages);
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
