/**
 * A full disk, for real: a file system of a few MiB.
 *
 * @module
 */

import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { openStore } from "../../../src/store/open.ts";
import type { ImportMode } from "../../../src/store/store.ts";
import type { ImportRecord } from "../../../src/record/import_record.ts";
import { packRecords } from "../../../src/record/packed_records.ts";
import { SmallDisk } from "../small_disk.ts";
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
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
    name: `an import ${how} that fills the disk fails, names it and changes nothing`,
    ignore,
    fn: async () => {
      await using disk = await SmallDisk.mount("4m");
      await using store = await openStore("sqlite://meta.db", { dataDir: disk.path });
      await create(store, NS);
      await importAll(store, records(held));
      const before = await readAll(store);
      const file = Array.from({ length: 60 }, (_, n) => large(n + 1));
      const error = await assertCode(async () => {
        await using unit = await store.beginImport(NS, mode);
        for (const record of file) await unit.write(packRecords([record]));
        await unit.commit();
      }, "IMPORT_FAILED");
      assertStringIncludes(error.message, "the disk is full");
      assertEquals(await readAll(store), before);
      // The space is there again, and so is the namespace.
      await importAll(store, file.slice(0, 5), mode);
      assertEquals((await readAll(store)).length, 5 + (mode.force ? 0 : held));
    },
  });
}

for (const [how, held, mode] of situations) {
  Deno.test({
    name: `a small import ${how} that fills the disk fails, names it and changes nothing`,
    ignore,
    fn: async () => {
      await using disk = await SmallDisk.mount("4m");
      await using store = await openStore("sqlite://meta.db", { dataDir: disk.path });
      await create(store, NS);
      await importAll(store, records(held));
      const before = await readAll(store);
      const { bavail, bsize } = await statfs(disk.path);
      const ballast = join(disk.path, "ballast");
      // As much space is left as the import begins with, and not as much as it ends with.
      for (const left of [40_000, 100_000, 160_000]) {
        Deno.writeFileSync(ballast, new Uint8Array(Math.max(0, bavail * bsize - left)));
        const error = await assertCode(
          () => importAll(store, [large(1), large(2)], mode),
          "IMPORT_FAILED",
        );
        assertStringIncludes(error.message, "the disk is full");
        assertEquals(await readAll(store), before);
      }
      Deno.removeSync(ballast);
      await importAll(store, [large(1), large(2)], mode);
      assertEquals((await readAll(store)).length, 2 + (mode.force ? 0 : held));
    },
  });
}

Deno.test({
  name: "write() on a full disk fails, names it and loses nothing",
  ignore,
  fn: async () => {
    await using disk = await SmallDisk.mount("4m");
    await using store = await openStore("sqlite://meta.db", { dataDir: disk.path });
    await create(store, NS);
    const ballast = join(disk.path, "ballast");
    Deno.writeFileSync(ballast, new Uint8Array(2_500_000));
    const data = `{"text":"${"x".repeat(100_000)}"}`;
    let written = 0;
    const error = await assertCode(async () => {
      for (; written < 100; written++) await store.write(NS, "a-1", newMessage({ data }));
    }, "BACKEND_ERROR");
    assertStringIncludes(error.message, "the disk is full");
    assert(written > 0);
    assertEquals((await readAll(store)).length, written);
    Deno.removeSync(ballast);
    assertEquals((await store.write(NS, "a-1", newMessage({ data }))).position, written);
  },
});
