/**
 * Errors in the same words on every backend: a client must not be able to tell them apart.
 *
 * @module
 */

import { EventoDBError } from "../../src/errors.ts";
import type { ImportMode, Store } from "../../src/store/store.ts";
import type { ImportRecord } from "../../src/record/import_record.ts";
import { packRecords } from "../../src/record/packed_records.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";
import {
  importAll,
  newMessage,
  NS,
  type OpenStore,
  openWithNamespace,
  record,
  records,
  uuid,
} from "./support.ts";

/** What is known of an error, but for its stack and cause. */
async function errorOf(operation: () => Promise<unknown>): Promise<[string, number, string]> {
  const { code, status, message } = await assertRejects(operation, EventoDBError);
  return [code, status, message];
}

/** Records of which the last one repeats a key of the second: in order, out of it, over batches. */
function repetitions(): [how: string, file: ImportRecord[], mode: ImportMode][] {
  const late = (fields: Partial<ImportRecord>) =>
    record({ globalPosition: 9_000, id: uuid(9_000), stream: "late-1", line: 9_000, ...fields });
  const ascending = records(1_050, 1_000_000).map((record) => ({
    ...record,
    stream: `a-${record.globalPosition}`,
    // As if every other line were empty.
    line: 2 * record.globalPosition,
  }));
  const shuffled = [ascending[1_049]!, ...ascending.slice(0, 1_049)]
    .map((record, index) => ({ ...record, line: index + 2 }));
  const files: [string, ImportRecord[]][] = [["ascending", ascending], ["out of order", shuffled]];
  return files.flatMap(([how, file]) => {
    const { id, stream, globalPosition } = file[1]!;
    return [{ id }, { stream }, { globalPosition }].flatMap((fields) =>
      [{}, { force: true }, { existing: "skip" }].map((
        mode,
      ): [string, ImportRecord[], ImportMode] => [
        `${how}, ${Object.keys(fields)}, ${JSON.stringify(mode)}`,
        [...file, late(fields)],
        mode as ImportMode,
      ])
    );
  });
}

/** Registers the tests. */
export function errorsContract(open: OpenStore, backend: string): void {
  Deno.test(`an import names both lines of a repeated key, in the same words (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    for (const [how, file, mode] of repetitions()) {
      const earlier = file[1]!;
      const later = file[file.length - 1]!;
      const what = later.globalPosition === earlier.globalPosition
        ? `global position ${earlier.globalPosition}`
        : later.stream === earlier.stream
        ? `position 0 of the stream "${earlier.stream}"`
        : `message id ${earlier.id}`;
      const describe = ({ id, stream, globalPosition }: ImportRecord) =>
        `message ${id} at position 0 of "${stream}", gpos ${globalPosition}`;
      const differing = ["id", "stream", "gpos", "data"].filter((field) =>
        field === "gpos"
          ? earlier.globalPosition !== later.globalPosition
          : earlier[field as "id"] !== later[field as "id"]
      );
      assertEquals(
        await errorOf(() => importAll(store, file, mode)),
        [
          what.startsWith("message") ? "MESSAGE_ID_EXISTS" : "POSITION_EXISTS",
          409,
          `Cannot import line 9000 (${describe(later)}): ${what} is taken by ` +
          `line ${earlier.line}, ${describe(earlier)}; they differ in ${differing.join(", ")}`,
        ],
        how,
      );
    }
  });

  const reads: [string, (store: Store) => AsyncIterable<unknown> | undefined][] = [
    ["readMessages()", (store) => store.readMessages(NS, { from: 0, limit: Infinity })],
    ["readStream()", (store) => store.readStream(NS, "stream-0", { from: 0, limit: Infinity })],
    ["readLines()", (store) => store.readLines(NS, { from: 0, limit: Infinity })],
  ];
  for (const [method, read] of reads) {
    Deno.test(`${method} says that its messages were replaced or deleted, in the same words (${backend})`, async () => {
      await using store = await openWithNamespace(open);
      // Larger than any page.
      const file = records(9_000, 1);
      for (const ends of ["replaced", "deleted"]) {
        await importAll(store, file, { force: true });
        const pages = read(store)?.[Symbol.asyncIterator]();
        if (pages === undefined) return;
        await pages.next();
        if (ends === "replaced") await importAll(store, file.slice(1), { force: true });
        else await store.deleteNamespace(NS);
        const rest = async () => {
          while (!(await pages.next()).done);
        };
        assertEquals(
          await errorOf(rest),
          ends === "deleted" ? ["NAMESPACE_NOT_FOUND", 404, 'There is no namespace "orders"'] : [
            "BACKEND_ERROR",
            500,
            'An import replaced the messages of the namespace "orders" while they were being read: ' +
            "read them again",
          ],
        );
      }
    });
  }

  Deno.test(`an import that has ended takes no more, in the same words (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await using unit = await store.beginImport(NS);
    await unit.commit();
    const ended = ["IMPORT_FAILED", 500, "The import has ended"] as const;
    assertEquals(await errorOf(() => unit.write(packRecords(records(1)))), [...ended]);
    assertEquals(await errorOf(() => unit.commit()), [...ended]);
  });

  Deno.test(`what is asked of a namespace that is not there fails in the same words (${backend})`, async () => {
    await using store = await open();
    const missing = ["NAMESPACE_NOT_FOUND", 404, 'There is no namespace "a\\"b"'] as const;
    const id = 'a"b';
    for (
      const operation of [
        () => store.write(id, "a-1", newMessage()),
        () => Array.fromAsync(store.readMessages(id, { from: 0, limit: 1 })),
        () => Array.fromAsync(store.readStream(id, "a-1", { from: 0, limit: 1 })),
        () => store.lastMessage(id, "a-1"),
        () => store.streamVersion(id, "a-1"),
        () => store.namespaceInfo(id),
        () => store.listStreams(id, { prefix: "", cursor: "", limit: 1 }),
        () => store.listCategories(id),
        () => store.beginImport(id),
        () => store.deleteNamespace(id),
      ]
    ) assertEquals(await errorOf(operation), [...missing], String(operation));
  });
}
