/**
 * An import into SQLite is the same whether it stays in the server's thread or grows into a worker.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import type { ImportRecord } from "../../../src/record/import_record.ts";
import { packRecords } from "../../../src/record/packed_records.ts";
import { importRecordsHereMax } from "../../../src/store/sqlite/limits.ts";
import type { ImportMode, Store } from "../../../src/store/store.ts";
import { nextTick } from "../../../src/tick.ts";
import { assertEquals } from "../../support/assert.ts";
import {
  assertCode,
  create,
  importAll,
  messageOf,
  newMessage,
  NS,
  readAll,
  record,
  records,
} from "../../contract/support.ts";
import { TemporaryFolder } from "./folder.ts";

/** Counts the workers that are started, until it is disposed of. */
class Workers implements Disposable {
  started = 0;
  readonly #own = globalThis.Worker;

  constructor() {
    const started = () => this.started++;
    globalThis.Worker = class extends this.#own {
      constructor(...args: ConstructorParameters<typeof Worker>) {
        super(...args);
        started();
      }
    };
  }

  [Symbol.dispose](): void {
    globalThis.Worker = this.#own;
  }
}

/** How many records each batch has: the third one is too many for the server's thread, the others overlap with it. */
const batches = [importRecordsHereMax - 100, 100, 1, 700];
const total = batches.reduce((sum, length) => sum + length, 0);

/** Imports records in those batches, without waiting for one before the next, each in buffers that are filled anew. */
async function importInBatches(
  store: Store,
  all: readonly ImportRecord[],
  mode?: ImportMode,
): Promise<{ imported: number; skipped: number }> {
  await using unit = await store.beginImport(NS, mode);
  const count = { imported: 0, skipped: 0 };
  const writing: Promise<void>[] = [];
  let start = 0;
  for (const length of batches) {
    const packed = packRecords(all.slice(start, start += length));
    writing.push(
      unit.write(packed).then(({ imported, skipped }) => {
        count.imported += imported;
        count.skipped += skipped;
        packed.bytes.fill(0);
        packed.numbers.fill(0);
      }),
    );
  }
  await Promise.all(writing);
  await unit.commit();
  return count;
}

const all = records(total);
const old = record({ globalPosition: 5, stream: "old-1", data: '{"old":true}' });

Deno.test("an import starts a worker when it is no longer small, and not before", async () => {
  using folder = new TemporaryFolder();
  await using store = await folder.open();
  await create(store, NS);
  using workers = new Workers();
  await importAll(store, all.slice(0, importRecordsHereMax));
  await importAll(store, [record({ globalPosition: 9_000 })]);
  await (await store.beginImport(NS))[Symbol.asyncDispose]();
  assertEquals(workers.started, 0);
  await importAll(store, all.slice(0, importRecordsHereMax + 1), { force: true });
  assertEquals(workers.started, 1);
  await importAll(store, [record({ globalPosition: 9_000, data: `"${"x".repeat(300_000)}"` })]);
  assertEquals(workers.started, 2);
});

for (
  const [name, mode, expected] of [
    ["into an empty namespace", undefined, { imported: total, skipped: 0 }],
    ["with force", { force: true }, { imported: total, skipped: 0 }],
    ["with existing=skip", { existing: "skip" }, { imported: total - 1, skipped: 1 }],
    ["with existing=skip into an empty namespace", { existing: "skip" }, {
      imported: total,
      skipped: 0,
    }],
  ] as const
) {
  Deno.test(`an import ${name} that grows into a worker brings every record once`, async () => {
    using folder = new TemporaryFolder();
    await using opened = new AsyncDisposableStack();
    const store = opened.use(await folder.open());
    await create(store, NS);
    if (expected.skipped > 0) await importAll(store, all.slice(4, 5));
    if (mode && "force" in mode) await importAll(store, [old]);
    assertEquals(await importInBatches(store, all, mode), expected);
    assertEquals(await readAll(store), all.map(messageOf));
    assertEquals((await store.namespaceInfo(NS)).messageCount, total);
    await opened.disposeAsync();
    // One file for the namespace: that of the small beginning is not left behind.
    assertEquals(folder.namespaceFiles().length, 1);
  });
}

Deno.test("an import that adds and grows into a worker adds every record once", async () => {
  using folder = new TemporaryFolder();
  await using store = await folder.open();
  await create(store, NS);
  const first = record({ globalPosition: 9_000 });
  await importAll(store, [first]);
  assertEquals(await importInBatches(store, all), { imported: total, skipped: 0 });
  assertEquals(await readAll(store), [...all, first].map(messageOf));
});

Deno.test("an import that grows into a worker names the lines of a repeated id on both sides", async () => {
  using folder = new TemporaryFolder();
  await using store = await folder.open();
  await create(store, NS);
  await importAll(store, [old]);
  const repeating = all.with(total - 1, { ...all[total - 1]!, id: all[7]!.id });
  const error = await assertCode(
    () => importInBatches(store, repeating, { force: true }),
    "MESSAGE_ID_EXISTS",
    "line 8",
  );
  assertEquals(error.line, total);
  assertEquals(await readAll(store), [messageOf(old)]);
});

Deno.test("a small import lets others have a tick between what it loads and its commit", async () => {
  using folder = new TemporaryFolder();
  await using store = await folder.open();
  await create(store, NS);
  await importAll(store, [old]);
  await using unit = await store.beginImport(NS);
  await unit.write(packRecords([record({ globalPosition: 6 })]));
  const events: string[] = [];
  const tick = nextTick().then(() => events.push("tick"));
  await unit.commit().then(() => events.push("commit"));
  await tick;
  assertEquals(events, ["tick", "commit"]);
});

Deno.test("a small import that cannot be rolled back either fails with what was wrong first", async () => {
  using folder = new TemporaryFolder();
  await using store = await folder.open();
  await create(store, NS);
  await importAll(store, [old]);
  {
    const { prepare } = DatabaseSync.prototype;
    using undo = new DisposableStack();
    undo.defer(() => DatabaseSync.prototype.prepare = prepare);
    DatabaseSync.prototype.prepare = function (sql, ...rest) {
      if (sql === "ROLLBACK") throw new Error("disk I/O error");
      return prepare.call(this, sql, ...rest);
    };
    const repeated = { ...all[0]!, id: old.id, globalPosition: 6 };
    await assertCode(() => importAll(store, [repeated]), "MESSAGE_ID_EXISTS");
  }
  assertEquals(await readAll(store), [messageOf(old)]);
  assertEquals((await store.write(NS, "next-1", newMessage())).globalPosition, 6);
});
