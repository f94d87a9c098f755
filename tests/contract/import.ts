/**
 * Imports: what goes in, what is refused, and that it is all or nothing.
 *
 * @module
 */

import type { EventoDBError } from "../../src/errors.ts";
import { POSITION_MAX } from "../../src/message.ts";
import type { ImportMode, Store } from "../../src/store/store.ts";
import type { ImportRecord } from "../../src/record/import_record.ts";
import { packRecords } from "../../src/record/packed_records.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import {
  assertCode,
  globalPositions,
  importAll,
  messageOf,
  newMessage,
  NS,
  type OpenStore,
  openWithNamespace,
  readAll,
  record,
  records,
  uuid,
} from "./support.ts";

/** Registers the tests. */
export function importContract(open: OpenStore, backend: string): void {
  Deno.test(`beginImport() keeps positions, ids and times as they are (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const sent = [
      record({ globalPosition: 3, stream: "a-1", position: 9, time: "2025-01-01T00:00:00Z" }),
      record({ globalPosition: 89, stream: "b", position: 0, time: "0001-01-01T00:00:00.1Z" }),
      record({ globalPosition: POSITION_MAX, stream: "a-1", position: POSITION_MAX, data: "null" }),
    ];
    assertEquals(await importAll(store, sent), { imported: 3, skipped: 0 });
    assertEquals(await readAll(store), sent.map(messageOf));
  });

  Deno.test(`beginImport() takes records in any order (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const all = records(2_500);
    const shuffled = all.map((_, index) =>
      all[(index * 997) % all.length] ?? record({
        globalPosition: 1,
      })
    ).map((record, index) => ({ ...record, line: index + 1 }));
    await importAll(store, [...shuffled.slice(0, 2_000), ...shuffled.slice(2_000)]);
    assertEquals(await readAll(store), all.map(messageOf));
    assertEquals(await store.listCategories(NS), [
      { category: "stream", streamCount: 10, messageCount: 2_500 },
    ]);
  });

  Deno.test(`beginImport() adds to what is there, above and below (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(store, [record({ globalPosition: 10 }), record({ globalPosition: 20 })]);
    await importAll(store, [record({ globalPosition: 15 }), record({ globalPosition: 5 })]);
    await importAll(store, [record({ globalPosition: 30 })]);
    assertEquals(await globalPositions(store), [5, 10, 15, 20, 30]);
    const { messageCount, streamCount } = await store.namespaceInfo(NS);
    assertEquals([messageCount, streamCount], [5, 5]);
  });

  Deno.test(`beginImport() with force replaces everything at once (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(store, records(5));
    await using unit = await store.beginImport(NS, { force: true });
    // The same ids and positions again: the old ones are no conflict.
    await unit.write(packRecords(records(3).map((record) => ({ ...record, type: "Again" }))));
    assertEquals((await readAll(store)).map(({ type }) => type), Array(5).fill("Imported"));
    await unit.commit();
    assertEquals((await readAll(store)).map(({ type }) => type), Array(3).fill("Again"));
  });

  Deno.test(`beginImport() with force and no record empties the namespace (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(store, records(5));
    assertEquals(await importAll(store, [], { force: true }), { imported: 0, skipped: 0 });
    assertEquals(await readAll(store), []);
  });

  Deno.test(`beginImport() with no record changes nothing (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(store, []);
    await importAll(store, records(5));
    await importAll(store, []);
    assertEquals((await readAll(store)).length, 5);
  });

  Deno.test(`write() after an import comes after all there ever was (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const next = async () => (await store.write(NS, "next-1", newMessage())).globalPosition;
    await importAll(store, [record({ globalPosition: 100 })]);
    assertEquals(await next(), 101);
    await importAll(store, [record({ globalPosition: 50 })]);
    assertEquals(await next(), 102);
    await importAll(store, [record({ globalPosition: 7 })], { force: true });
    assertEquals(await next(), 103);
    await importAll(store, [], { force: true });
    await importAll(store, [record({ globalPosition: 8 })]);
    assertEquals(await next(), 104);
  });

  Deno.test(`beginImport() names the first key that is taken, in the namespace or in the file (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(store, [record({ globalPosition: 28 })]);
    const first = record({ globalPosition: 1, stream: "a-1" });
    // Its id is in the namespace; its position, which counts first, is in the file.
    const second = { ...first, id: uuid(28), line: 2 };
    for (const globalPosition of [1, 2]) {
      const file = [first, { ...second, globalPosition }];
      const error = await assertRefused(store, file, "POSITION_EXISTS");
      assertEquals(error.line, 2);
    }
    // A line whose key is taken in the file comes before one whose key is taken in the namespace.
    const third = record({ globalPosition: 3, id: uuid(28) });
    const file = [first, { ...second, id: uuid(2), globalPosition: 2 }, third];
    assertEquals((await assertRefused(store, file, "POSITION_EXISTS")).line, 2);
    assertEquals(await globalPositions(store), [28]);
  });

  const clashes: [string, Partial<ImportRecord>, "POSITION_EXISTS" | "MESSAGE_ID_EXISTS"][] = [
    ["global position", { globalPosition: 3 }, "POSITION_EXISTS"],
    ["stream position", { stream: "stream-3" }, "POSITION_EXISTS"],
    ["id", { id: uuid(3) }, "MESSAGE_ID_EXISTS"],
  ];
  for (const [what, fields, code] of clashes) {
    // Below and above the others: a backend may load ascending records in another way.
    for (const [where, gpos] of [["ascending", 200], ["out of order", 2]] as const) {
      const clashing = () =>
        record({
          globalPosition: gpos,
          id: uuid(1_000_000),
          stream: "stream-none",
          ...fields,
          line: 77,
        });
      Deno.test(`beginImport() refuses a ${what} that is in the namespace, ${where} (${backend})`, async () => {
        await using store = await openWithNamespace(open);
        await importAll(store, [3, 4, 5].map((n) => record({ globalPosition: n })));
        const good = record({ globalPosition: 100 });
        const error = await assertRefused(store, [good, clashing()], code);
        assertEquals(error.line, 77);
        assertStringIncludes(error.message, uuid(3));
        assertEquals(await globalPositions(store), [3, 4, 5]);
      });

      Deno.test(`beginImport() names the line of a repeated ${what}, ${where} (${backend})`, async () => {
        await using store = await openWithNamespace(open);
        // Empty lines in between, and more batches than one.
        const file = records(2_400, 1_000_000).filter(({ globalPosition: n }) => n > 2)
          .map((record) => ({
            ...record,
            stream: `stream-${record.globalPosition}`,
            line: record.globalPosition * 2,
          }));
        const late = { ...clashing(), line: 5_000 };
        if (gpos === 200 && what !== "global position") late.globalPosition = 9_000;
        const more = records(1).map((record) => ({
          ...record,
          globalPosition: 9_500,
          line: 5_001,
        }));
        const error = await assertRefused(store, [...file, late, ...more], code);
        assertEquals(error.line, 5_000);
        assertStringIncludes(error.message, uuid(3));
        assertEquals(await readAll(store), []);
      });
    }
  }

  Deno.test(`beginImport() names the earliest line of several that are wrong (${backend})`, async () => {
    const base = records(20, 20);
    const at = (line: number, fields: Partial<ImportRecord>) =>
      base.map((record) => record.line === line ? { ...record, ...fields } : record);
    const twice = (a: ImportRecord[], line: number, fields: Partial<ImportRecord>) =>
      a.map((record) => record.line === line ? { ...record, ...fields } : record);
    const cases: [ImportRecord[], number][] = [
      [twice(at(9, { id: uuid(2) }), 12, { stream: "stream-3" }), 9],
      [twice(at(9, { stream: "stream-3" }), 12, { id: uuid(2) }), 9],
      [twice(at(9, { id: uuid(2) }), 12, { globalPosition: 4 }), 9],
      [twice(at(12, { id: uuid(2) }), 9, { globalPosition: 4 }), 9],
      [twice(at(9, { id: uuid(2) }), 5, { id: uuid(1) }), 5],
    ];
    for (const [file, line] of cases) {
      await using store = await openWithNamespace(open);
      await using unit = await store.beginImport(NS);
      const error = await assertCode(async () => {
        await unit.write(packRecords(file));
        await unit.commit();
      }, line === 9 && file[8]?.id !== uuid(2) ? "POSITION_EXISTS" : "MESSAGE_ID_EXISTS");
      assertEquals(error.line, line);
    }
  });

  Deno.test(`beginImport() with existing=skip skips what is there (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const skip: ImportMode = { existing: "skip" };
    const file = records(2_500);
    assertEquals(await importAll(store, file.slice(0, 1_500), skip), {
      imported: 1_500,
      skipped: 0,
    });
    assertEquals(await importAll(store, file, skip), { imported: 1_000, skipped: 1_500 });
    assertEquals(await importAll(store, file, skip), { imported: 0, skipped: 2_500 });
    assertEquals(await readAll(store), file.map(messageOf));
    const repeated = [...records(3), ...records(3)].map((record, index) => ({
      ...record,
      globalPosition: record.globalPosition + 5_000,
      id: uuid(5_000 + record.globalPosition),
      stream: `x-${record.globalPosition}`,
      line: index + 1,
    }));
    assertEquals(await importAll(store, repeated, skip), { imported: 3, skipped: 3 });
    const { messageCount, streamCount } = await store.namespaceInfo(NS);
    assertEquals([messageCount, streamCount], [2_503, 13]);
  });

  Deno.test(`beginImport() with existing=skip skips repeats in the first file too (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const file = [...records(5), ...records(7)].map((record, index) => ({
      ...record,
      line: index + 1,
    }));
    assertEquals(await importAll(store, file, { existing: "skip" }), { imported: 7, skipped: 5 });
  });

  const differing: [string, Partial<ImportRecord>, "POSITION_EXISTS" | "MESSAGE_ID_EXISTS"][] = [
    ["type", { type: "Other" }, "POSITION_EXISTS"],
    ["data", { data: '{"n":3.0}' }, "POSITION_EXISTS"],
    ["meta", { metadata: "{}" }, "POSITION_EXISTS"],
    ["time", { time: "2025-07-15T10:00:00.12345678Z" }, "POSITION_EXISTS"],
    ["pos", { position: 1 }, "POSITION_EXISTS"],
    ["stream", { stream: "stream-x" }, "POSITION_EXISTS"],
    ["id", { id: uuid(77) }, "POSITION_EXISTS"],
    ["gpos", { globalPosition: 77 }, "POSITION_EXISTS"],
    ["stream", { globalPosition: 77, stream: "stream-x" }, "MESSAGE_ID_EXISTS"],
  ];
  for (const [field, fields, code] of differing) {
    const changed = Object.keys(fields).join(" and ");
    Deno.test(`beginImport() with existing=skip refuses another ${changed}, naming both (${backend})`, async () => {
      await using store = await openWithNamespace(open);
      const there = record({ globalPosition: 3 });
      const other = { ...there, ...fields, line: 9 };
      // Against the namespace, and against an earlier line.
      for (const before of [false, true]) {
        if (before) await importAll(store, [there]);
        const file = before ? [other] : [there, other];
        const error = await assertRefused(store, file, code, { existing: "skip" });
        assertEquals(error.line, 9);
        assertStringIncludes(error.message, there.id);
        assertStringIncludes(error.message, other.id);
        assertStringIncludes(error.message, field);
      }
    });
  }

  Deno.test(`beginImport() with force and existing=skip compares within the file only (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(store, records(5));
    const file = [...records(2), ...records(2)].map((record, index) => ({
      ...record,
      type: "New",
      line: index + 1,
    }));
    assertEquals(await importAll(store, file, { force: true, existing: "skip" }), {
      imported: 2,
      skipped: 2,
    });
    assertEquals((await readAll(store)).map(({ type }) => type), ["New", "New"]);
  });

  for (const [how, prepare, mode] of situations()) {
    Deno.test(`an import ${how} is not seen before it commits (${backend})`, async () => {
      await using store = await openWithNamespace(open);
      await importAll(store, prepare);
      const before = await everything(store);
      await using unit = await store.beginImport(NS, mode);
      await unit.write(packRecords(
        records(2_000).slice(1_000).map((record) => ({
          ...record,
          stream: `new-${record.globalPosition}`,
          position: 0,
        })),
      ));
      assertEquals(await everything(store), before);
      await unit.commit();
      const kept = mode.force ? 0 : prepare.length;
      assertEquals((await readAll(store)).length, kept + 1_000);
    });

    Deno.test(`an import ${how} is seen whole or not at all while it commits (${backend})`, async () => {
      await using store = await openWithNamespace(open);
      await importAll(store, prepare);
      await using unit = await store.beginImport(NS, mode);
      const file = records(5_000).slice(100).map((record) => ({
        ...record,
        stream: `new-${record.globalPosition}`,
        position: 0,
      }));
      for (let start = 0; start < file.length; start += 1_000) {
        await unit.write(packRecords(file.slice(start, start + 1_000)));
      }
      const before = prepare.length;
      const after = file.length + (mode.force ? 0 : before);
      let isCommitted = false;
      const committing = unit.commit().finally(() => isCommitted = true);
      while (!isCommitted) {
        // A read of one turn: one of several may be told that its messages were replaced.
        const { messageCount } = await store.namespaceInfo(NS);
        assert([before, after].includes(messageCount), `${messageCount} messages`);
      }
      await committing;
      assertEquals((await readAll(store)).length, after);
    });

    Deno.test(`an import ${how} that is disposed of leaves nothing behind (${backend})`, async () => {
      await using store = await openWithNamespace(open);
      await importAll(store, prepare);
      const before = await everything(store);
      {
        await using unit = await store.beginImport(NS, mode);
        await unit.write(packRecords([record({ globalPosition: 5_000 })]));
      }
      assertEquals(await everything(store), before);
      const highest = before.info.globalPosition;
      assertEquals((await store.write(NS, "a-1", newMessage())).globalPosition, highest + 1);
      await importAll(store, [record({ globalPosition: 5_000 })], mode);
    });

    Deno.test(`an import ${how} that fails leaves nothing behind (${backend})`, async () => {
      await using store = await openWithNamespace(open);
      await importAll(store, prepare);
      const before = await everything(store);
      const twice = [6_000, 6_000].map((n, index) =>
        record({ globalPosition: n, line: index + 1 })
      );
      await assertRefused(store, twice, "POSITION_EXISTS", mode);
      assertEquals(await everything(store), before);
    });

    Deno.test(`dispose() rolls back an import ${how} that is under way (${backend})`, async () => {
      const store = await openWithNamespace(open);
      await importAll(store, prepare);
      await using unit = await store.beginImport(NS, mode);
      await unit.write(packRecords([record({ globalPosition: 5_000 })]));
      await store[Symbol.asyncDispose]();
      await assertCode(
        () => unit.write(packRecords([record({ globalPosition: 5_001 })])),
        "BACKEND_ERROR",
      );
      await assertCode(() => unit.commit(), "BACKEND_ERROR", "closed");
    });
  }

  Deno.test(`commit() that fails leaves the namespace free at once (${backend})`, async () => {
    await using store = await openWithNamespace(open, { importWaitMs: 0 });
    await using unit = await store.beginImport(NS);
    const twice = [record({ globalPosition: 1 }), record({ globalPosition: 2, id: uuid(1) })];
    // A repeated id is found here or by the commit.
    await unit.write(packRecords(twice)).catch(() => {});
    await assertCode(() => unit.commit(), "MESSAGE_ID_EXISTS");
    assertEquals((await store.write(NS, "a-1", newMessage())).globalPosition, 1);
  });

  Deno.test(`beginImport() is refused at once while another runs (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await using unit = await store.beginImport(NS);
    await assertCode(() => store.beginImport(NS), "IMPORT_IN_PROGRESS", NS);
    await unit.write(packRecords(records(3)));
    await unit.commit();
    await importAll(store, [record({ globalPosition: 10 })]);
    assertEquals((await readAll(store)).length, 4);
  });

  Deno.test(`beginImport() does not care for imports into other namespaces (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await store.createNamespace({ id: "b", tokenHash: "", description: "", metadata: null });
    await using one = await store.beginImport(NS);
    await using other = await store.beginImport("b");
    await one.write(packRecords(records(3)));
    await other.write(packRecords(records(4)));
    await other.commit();
    await one.commit();
    assertEquals([(await readAll(store)).length, (await readAll(store, {}, "b")).length], [3, 4]);
  });

  Deno.test(`write() waits for an import and lands after it (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(store, records(3));
    await using unit = await store.beginImport(NS);
    const writing = Promise.all([1, 2, 3].map(() => store.write(NS, "a-1", newMessage())));
    await unit.write(packRecords([record({ globalPosition: 50 })]));
    await unit.commit();
    assertEquals((await writing).map(({ globalPosition }) => globalPosition), [51, 52, 53]);
  });

  Deno.test(`write() keeps its position when the import is rolled back (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const unit = await store.beginImport(NS);
    const writing = store.write(NS, "a-1", newMessage());
    await unit.write(packRecords([record({ globalPosition: 50 })]));
    await unit[Symbol.asyncDispose]();
    assertEquals((await writing).globalPosition, 1);
    assertEquals(await globalPositions(store), [1]);
  });

  Deno.test(`write() and deleteNamespace() give up on an import that goes on (${backend})`, async () => {
    await using store = await openWithNamespace(open, { importWaitMs: 20 });
    await importAll(store, records(3));
    await using unit = await store.beginImport(NS);
    await assertCode(() => store.write(NS, "a-1", newMessage()), "IMPORT_IN_PROGRESS", NS);
    await assertCode(() => store.deleteNamespace(NS), "IMPORT_IN_PROGRESS", NS);
    await unit.write(packRecords([record({ globalPosition: 50 })]));
    await unit.commit();
    assertEquals(await globalPositions(store), [1, 2, 3, 50]);
  });

  Deno.test(`deleteNamespace() waits for an import, and deletes what it brought (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const unit = await store.beginImport(NS);
    const deleting = store.deleteNamespace(NS);
    await unit.write(packRecords(records(3)));
    await unit.commit();
    assertEquals(await deleting, 3);
    assertEquals(await store.findNamespace(NS), null);
    await assertCode(() => store.beginImport(NS), "NAMESPACE_NOT_FOUND");
  });

  Deno.test(`commit() ends the unit (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await using unit = await store.beginImport(NS);
    await unit.write(packRecords(records(3)));
    await unit.commit();
    await assertCode(() => unit.write(packRecords(records(3))), "IMPORT_FAILED");
    await assertCode(() => unit.commit(), "IMPORT_FAILED");
    await unit[Symbol.asyncDispose]();
    assertEquals((await readAll(store)).length, 3);
  });

  Deno.test(`write() of an import may be called ahead of the results (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await using unit = await store.beginImport(NS);
    const file = records(3_000);
    const counts = await Promise.all(
      [0, 1, 2].map((n) => unit.write(packRecords(file.slice(n * 1_000, (n + 1) * 1_000)))),
    );
    assertEquals(counts, Array(3).fill({ imported: 1_000, skipped: 0 }));
    await unit.commit();
    assertEquals(await readAll(store), file.map(messageOf));
  });
}

/** The ways an import meets a namespace; a backend may do each differently. */
function situations(): [string, ImportRecord[], ImportMode][] {
  return [
    ["into an empty namespace", [], {}],
    ["into a full namespace", records(10), {}],
    ["with force", records(10), { force: true }],
  ];
}

async function everything(store: Store) {
  return {
    info: await store.namespaceInfo(NS),
    messages: await readAll(store),
    streams: await store.listStreams(NS, { prefix: "", cursor: "", limit: 1_000 }),
    categories: await store.listCategories(NS),
  };
}

/** Asserts that an import is refused, in `write` or in `commit`. */
async function assertRefused(
  store: Store,
  file: readonly ImportRecord[],
  code: EventoDBError["code"],
  mode?: ImportMode,
): Promise<EventoDBError> {
  return await assertCode(() => importAll(store, file, mode), code);
}
