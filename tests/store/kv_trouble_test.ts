/**
 * Deno KV in trouble: the disk is full, or another program has locked the file. What cannot be done
 * says so, and nothing is lost.
 *
 * @module
 */

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openFile } from "../../src/store/kv/open.ts";
import type { ImportMode, ImportRecord } from "../../src/store/store.ts";
import {
  assertCode,
  create,
  importAll,
  newMessage,
  NS,
  readAll,
  record,
  records,
} from "../contract/support.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { TemporaryKv } from "./kv_store.ts";
import { SmallDisk } from "./small_disk.ts";

const ignore = !await SmallDisk.isPossible();

const large = (n: number): ImportRecord =>
  record({ globalPosition: 1_000 + n, data: `{"text":"${"x".repeat(100_000)}"}`, line: n });

const situations: [string, number, ImportMode][] = [
  ["into an empty namespace", 0, {}],
  ["with force", 50, { force: true }],
  ["into a full namespace", 50, {}],
];
for (const [how, held, mode] of situations) {
  Deno.test({
    name: `an import ${how} that fills the disk fails, names it and changes nothing (kv)`,
    ignore,
    fn: async () => {
      await using disk = await SmallDisk.mount("8m");
      await using store = await openFile(join(disk.path, "events.kv"));
      await create(store, NS);
      await importAll(store, records(held));
      const before = await readAll(store);
      const error = await assertCode(async () => {
        await using unit = await store.beginImport(NS, mode);
        for (let n = 1; n <= 200; n++) await unit.write([large(n)]);
        await unit.commit();
      }, "IMPORT_FAILED");
      assertStringIncludes(error.message, "the disk is full");
      assertEquals(await readAll(store), before);
      assertEquals((await store.namespaceInfo(NS)).messageCount, held);
    },
  });
}

Deno.test({
  name: "write() on a full disk fails, names it and loses nothing (kv)",
  ignore,
  fn: async () => {
    await using disk = await SmallDisk.mount("8m");
    await using store = await openFile(join(disk.path, "events.kv"));
    await create(store, NS);
    const ballast = join(disk.path, "ballast");
    Deno.writeFileSync(ballast, new Uint8Array(4_000_000));
    const data = `{"text":"${"x".repeat(100_000)}"}`;
    let written = 0;
    const error = await assertCode(async () => {
      for (; written < 200; written++) await store.write(NS, "a-1", newMessage({ data }));
    }, "BACKEND_ERROR");
    assertStringIncludes(error.message, "the disk is full");
    assert(written > 0);
    assertEquals((await readAll(store)).length, written);
    Deno.removeSync(ballast);
    assertEquals((await store.write(NS, "a-1", newMessage({ data }))).position, written);
  },
});

Deno.test("a write to a file that another program has locked is refused, and is not there (kv)", async () => {
  await using file = new TemporaryKv();
  await using store = await file.open();
  await create(store, NS);
  await store.write(NS, "a-1", newMessage());
  using locker = new DatabaseSync(file.path);
  locker.exec("BEGIN IMMEDIATE");
  // Deno KV's log lets readers go on.
  assertEquals(await store.streamVersion(NS, "a-1"), 0);
  const error = await assertCode(
    () => store.write(NS, "a-1", newMessage()),
    "BACKEND_ERROR",
    "locked by another program",
  );
  assertEquals(error.status, 503);
  locker.exec("COMMIT");
  assertEquals((await store.write(NS, "a-1", newMessage(), 0)).globalPosition, 2);
});
