/**
 * Deno KV in trouble: the disk is full, or another program has locked the file. What cannot be done
 * says so, and nothing is lost.
 *
 * @module
 */

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openFile } from "../../../src/store/kv/open.ts";
import type { KvStore } from "../../../src/store/kv/store.ts";
import type { ImportMode } from "../../../src/store/store.ts";
import type { ImportRecord } from "../../../src/record/import_record.ts";
import { packRecords } from "../../../src/record/packed_records.ts";
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
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { startKvChild, TemporaryKv } from "./store.ts";
import { SmallDisk } from "../small_disk.ts";

const ignore = !await SmallDisk.isPossible();

const large = (n: number): ImportRecord =>
  record({ globalPosition: 1_000 + n, data: `{"text":"${"x".repeat(100_000)}"}`, line: n });

/** Fills a namespace until the disk is full; resolves to how many messages there are. */
async function fill(store: KvStore, id: string): Promise<number> {
  const data = `{"text":"${"x".repeat(100_000)}"}`;
  for (let written = 0;; written++) {
    try {
      await store.write(id, "a-1", newMessage({ data }));
    } catch (error) {
      assertStringIncludes(String(error), "the disk is full");
      return written;
    }
  }
}

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
      await using disk = await SmallDisk.mount("32m");
      await using store = await openFile(join(disk.path, "events.kv"));
      await create(store, NS);
      await importAll(store, records(held));
      const before = await readAll(store);
      const file = Array.from({ length: 600 }, (_, n) => large(n + 1));
      // More than once: what it takes to recover must be there again.
      for (let round = 0; round < 3; round++) {
        const error = await assertCode(async () => {
          await using unit = await store.beginImport(NS, mode);
          for (const record of file) await unit.write(packRecords([record]));
          await unit.commit();
        }, "IMPORT_FAILED");
        assertStringIncludes(error.message, "the disk is full");
        assertEquals(await readAll(store), before);
        assertEquals((await store.namespaceInfo(NS)).messageCount, held);
      }
      // The space is there again, and so is the namespace, at once.
      await importAll(store, file.slice(0, 50), mode);
      assertEquals((await readAll(store)).length, 50 + (mode.force ? 0 : held));
      await store.write(NS, "a-1", newMessage());
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
    const written = await fill(store, NS);
    assert(written > 0);
    assertEquals((await readAll(store)).length, written);
    Deno.removeSync(ballast);
    assertEquals((await store.write(NS, "a-1", newMessage())).position, written);
  },
});

Deno.test({
  name: "deleteNamespace() on a full disk makes room, again and again (kv)",
  ignore,
  fn: async () => {
    await using disk = await SmallDisk.mount("32m");
    await using store = await openFile(join(disk.path, "events.kv"));
    await create(store, NS);
    for (let round = 0; round < 4; round++) {
      await create(store, "large");
      const written = await fill(store, "large");
      assert(written > 50, `${written} in round ${round}`);
      assertEquals((await readAll(store, {}, "large")).length, written);
      assertEquals(await store.deleteNamespace("large"), written);
      assertEquals((await store.write(NS, "a-1", newMessage())).position, round);
    }
  },
});

for (const size of ["large", "small"] as const) {
  Deno.test({
    name: `a store starts on a full disk after a killed import, ${size}, and recovers (kv)`,
    ignore,
    fn: async () => {
      await using disk = await SmallDisk.mount("48m");
      const path = join(disk.path, "events.kv");
      {
        await using store = await openFile(path);
        await create(store, NS);
        await create(store, "other");
        await importAll(store, records(50));
      }
      const count = size === "large" ? "20000" : "1000";
      const { process, lines } = startKvChild(path, "import", count, "{}", "hold");
      while ((await lines.read()).value !== "filled");
      const ballast = join(disk.path, "ballast");
      fillDisk(ballast);
      process.kill("SIGKILL");
      await lines.cancel();
      await process.status;
      await using store = await openFile(path);
      // A small file has no reserve yet: it can be read, and waits for room.
      assertEquals((await readAll(store)).length, 50);
      if (size === "small") {
        const error = await assertCode(
          () => store.write("other", "a-1", newMessage()),
          "BACKEND_ERROR",
        );
        assertStringIncludes(error.message, "the disk is full");
        Deno.removeSync(ballast);
      }
      assertEquals((await store.write("other", "a-1", newMessage())).position, 0);
      assertEquals((await store.write(NS, "a-1", newMessage())).globalPosition, 51);
      assertEquals(await store.deleteNamespace("other"), 1);
    },
  });
}

/** Leaves no byte of a file system free. */
function fillDisk(path: string): void {
  using file = Deno.openSync(path, { write: true, create: true });
  for (const size of [1024 * 1024, 4096, 1]) {
    try {
      for (;;) file.writeSync(new Uint8Array(size));
    } catch {
      // It is full, to that size.
    }
  }
}

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
