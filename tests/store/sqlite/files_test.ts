/**
 * The files of a SQLite store: what is kept, what is collected, and what is told of a bad one.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers";
import { EventoDBError } from "../../../src/errors.ts";
import { scanMessagesMax } from "../../../src/store/limits.ts";
import { namespacesOpenMax } from "../../../src/store/sqlite/limits.ts";
import { packRecords } from "../../../src/record/packed_records.ts";
import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertRejects,
} from "../../support/assert.ts";
import {
  assertCode,
  create,
  importAll,
  newMessage,
  NS,
  readAll,
  record,
  records,
} from "../../contract/support.ts";
import { TemporaryFolder } from "./folder.ts";

Deno.test("openStore() finds everything that an earlier one left", async () => {
  using folder = new TemporaryFolder();
  const before = await (async () => {
    await using store = await folder.open();
    await create(store, NS);
    await store.replaceToken(NS, "ab".repeat(32));
    await importAll(store, [record({ globalPosition: 500 })]);
    await importAll(store, records(5), { force: true });
    return [await store.findNamespace(NS), await readAll(store)];
  })();
  await using store = await folder.open();
  assertEquals<unknown>([await store.findNamespace(NS), await readAll(store)], before);
  assertEquals((await store.write(NS, "a-1", newMessage())).globalPosition, 501);
});

Deno.test("createNamespace() makes file names that no id can lead elsewhere", async () => {
  using folder = new TemporaryFolder();
  await using store = await folder.open();
  for (const id of ["../x", "CON", "con", "a/b", "ü", "x".repeat(255), ".", "-"]) {
    await create(store, id);
  }
  const files = folder.namespaceFiles();
  assertEquals(files.length, 8);
  for (const file of files) assertMatch(file, /^meta(\.[a-z0-9-]{1,40})?\.[0-9a-f]{16}\.db$/);
  assertEquals(new Set(files.map((file) => file.toLowerCase())).size, 8);
});

Deno.test("deleteNamespace() and imports with force remove the old file", async () => {
  using folder = new TemporaryFolder();
  {
    await using store = await folder.open();
    await create(store, NS);
    await importAll(store, records(5));
    await importAll(store, records(5), { force: true });
    await create(store, "other");
    await store.deleteNamespace("other");
  }
  assertEquals(folder.namespaceFiles().length, 1);
  assertEquals(folder.names().filter((name) => /-(wal|shm|journal)$/.test(name)), []);
});

Deno.test("openStore() removes what a crash left of its own, and nothing else", async () => {
  using folder = new TemporaryFolder();
  {
    await using store = await folder.open();
    await create(store, NS);
  }
  const [own] = folder.namespaceFiles();
  const foreign = "meta.orders.0123456789abcdef.db";
  const left = "meta.orders.fedcba9876543210.db";
  for (const name of [foreign, left, `${left}-wal`, `${left}-journal`, "notes.txt"]) {
    Deno.writeTextFileSync(folder.file(name), "x");
  }
  using registry = new DatabaseSync(folder.file("meta.db"));
  registry.prepare("INSERT INTO files VALUES (?, 'building')").run(left);
  registry.prepare("INSERT INTO files VALUES (?, 'garbage')").run("meta.gone.0000000000000000.db");
  {
    await using _store = await folder.open();
    assertEquals(folder.namespaceFiles(), [foreign, own ?? ""].sort());
    assert(folder.names().includes("notes.txt"));
  }
  assertEquals(registry.prepare("SELECT count(*) AS n FROM files").get()?.n, 1);
});

Deno.test("a store keeps no more files open than it may", async () => {
  using folder = new TemporaryFolder();
  await using store = await folder.open();
  const ids = Array.from({ length: namespacesOpenMax + 10 }, (_, n) => `ns-${n}`);
  for (const id of ids) await create(store, id);
  for (const id of ids) await store.write(id, "a-1", newMessage());
  for (const id of ids) assertEquals((await readAll(store, {}, id)).length, 1);
  assertLessOrEqual(await store.connections(), 1 + 2 * namespacesOpenMax);
  assertEquals((await store.listNamespaces()).length, ids.length);
});

Deno.test("commit() leaves no large write-ahead log behind", async () => {
  using folder = new TemporaryFolder();
  await using store = await folder.open();
  await create(store, NS);
  await importAll(store, [record({ globalPosition: 100_000 })]);
  await importAll(store, records(20_000));
  const logs = folder.names().filter((name) => name.includes(NS) && name.endsWith("-wal"));
  for (const log of logs) assertLess(Deno.statSync(folder.file(log)).size, 100_000);
});

Deno.test("commit() lets others have their tick", async () => {
  using folder = new TemporaryFolder();
  await using store = await folder.open();
  await create(store, NS);
  await using unit = await store.beginImport(NS);
  const file = records(20_000);
  for (let n = 0; n < 20; n++) {
    await unit.write(packRecords(file.slice(n * 1_000, (n + 1) * 1_000)));
  }
  let isCommitted = false;
  const committing = unit.commit().then(() => isCommitted = true);
  // If the indexes were built in this thread, the first of these would come after the commit.
  let turns = 0;
  while (!isCommitted && turns < 3) {
    await new Promise((resolve) => setTimeout(resolve));
    turns++;
  }
  await committing;
  assertEquals(turns, 3);
});

Deno.test("readMessages() lets others have their tick while a filter finds nothing", async () => {
  using folder = new TemporaryFolder();
  await using store = await folder.open();
  await create(store, NS);
  await importAll(store, records(6 * scanMessagesMax, 1));
  let isRead = false;
  const reading = readAll(store, { consumerGroup: { member: 0, size: 2 ** 40 } })
    .finally(() => isRead = true);
  let turns = 0;
  while (!isRead) {
    await new Promise((resolve) => setImmediate(resolve));
    turns++;
  }
  assertEquals(await reading, []);
  assertGreaterOrEqual(turns, 5);
});

Deno.test("openStore() refuses a registry of a newer version", async () => {
  using folder = new TemporaryFolder();
  await (await folder.open())[Symbol.asyncDispose]();
  using registry = new DatabaseSync(folder.file("meta.db"));
  registry.exec("PRAGMA user_version = 99");
  await assertRejects(() => folder.open(), EventoDBError, "newer EventoDB");
});

Deno.test("openStore() leaves another program's database alone", async () => {
  using folder = new TemporaryFolder();
  {
    using other = new DatabaseSync(folder.file("meta.db"));
    other.exec("CREATE TABLE places (name TEXT); INSERT INTO places VALUES ('here')");
  }
  const before = Deno.readFileSync(folder.file("meta.db"));
  await assertRejects(() => folder.open(), EventoDBError, "not an EventoDB registry");
  assertEquals(Deno.readFileSync(folder.file("meta.db")), before);
});

Deno.test("openStore() says what is wrong with a folder that it cannot use", async () => {
  using folder = new TemporaryFolder();
  Deno.writeTextFileSync(folder.file("file"), "");
  const { openStore } = await import("../../../src/store/open.ts");
  await assertCode(
    () => openStore("sqlite://meta.db", { dataDir: folder.file("file") }),
    "BACKEND_ERROR",
    folder.file("file"),
  );
  Deno.mkdirSync(folder.file("meta.db"));
  await assertCode(() => folder.open(), "BACKEND_ERROR", "meta.db");
});

const DAMAGES: [string, (path: string) => void, string][] = [
  ["missing", (path) => Deno.removeSync(path), "is missing"],
  ["emptied", (path) => Deno.truncateSync(path, 0), "is empty"],
  ["overwritten", (path) => Deno.writeTextFileSync(path, "x".repeat(9_999)), "not a SQLite"],
  ["another's", replaceByOther, "not an EventoDB namespace"],
];
for (const [what, damage, message] of DAMAGES) {
  Deno.test(`a namespace whose file is ${what} says so, and can be deleted`, async () => {
    using folder = new TemporaryFolder();
    {
      await using store = await folder.open();
      await create(store, NS);
      await create(store, "whole");
    }
    const file = folder.namespaceFiles().find((name) => name.includes(NS)) ?? "";
    damage(folder.file(file));
    await using store = await folder.open();
    await assertCode(() => store.write(NS, "a-1", newMessage()), "BACKEND_ERROR", message);
    await assertCode(() => readAll(store), "BACKEND_ERROR", file);
    await assertCode(() => store.beginImport(NS), "BACKEND_ERROR", file);
    assertEquals((await store.write("whole", "a-1", newMessage())).globalPosition, 1);
    assertEquals(await store.deleteNamespace(NS), 0);
    assertEquals((await store.listNamespaces()).map(({ namespace }) => namespace), ["whole"]);
  });
}

function replaceByOther(path: string): void {
  Deno.removeSync(path);
  using other = new DatabaseSync(path);
  other.exec("CREATE TABLE places (name TEXT)");
}

Deno.test("a read says that the file is damaged", async () => {
  using folder = new TemporaryFolder();
  {
    await using store = await folder.open();
    await create(store, NS);
    await importAll(store, records(5_000));
  }
  const [file] = folder.namespaceFiles();
  const path = folder.file(file ?? "");
  {
    using opened = Deno.openSync(path, { write: true });
    const { size } = opened.statSync();
    opened.seekSync(8_192, Deno.SeekMode.Start);
    opened.writeSync(new Uint8Array(size - 8_192).fill(0xff));
  }
  await using store = await folder.open();
  await assertCode(() => readAll(store), "BACKEND_ERROR", "damaged");
});
