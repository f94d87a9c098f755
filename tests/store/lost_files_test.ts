/**
 * Files that are deleted or moved away: under a running server, and before a start.
 *
 * @module
 */

import { join } from "node:path";
import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
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
import { TemporaryFolder } from "./sqlite/folder.ts";

const backends: [string, (folder: string) => Promise<Store>][] = [
  ["sqlite", (folder) => openStore("sqlite://meta.db", { dataDir: folder })],
  ["kv", (folder) => openStore(`kv://${join(folder, "events.kv")}`)],
];

for (const [backend, open] of backends) {
  Deno.test({
    name: `no write is acknowledged once the data folder has been deleted (${backend})`,
    ignore: Deno.build.os === "windows",
    fn: async () => {
      using folder = new TemporaryFolder();
      const data = folder.file("data");
      await using store = await open(data);
      await create(store, NS);
      await importAll(store, records(10));
      await store.write(NS, "a-1", newMessage());
      assertEquals((await readAll(store)).length, 11);
      Deno.removeSync(data, { recursive: true });
      const said = "was deleted, moved or replaced while the server runs";
      const error = await assertCode(() => store.write(NS, "a-1", newMessage()), "BACKEND_ERROR");
      assertStringIncludes(error.message, said);
      // What was there can still be read, to be rescued.
      assert((await readAll(store)).length >= 11);
      for (const mode of [{}, { force: true }]) {
        const imported = await importAll(store, [record({ globalPosition: 100 })], mode)
          .catch((error) => error.code);
        assert(typeof imported === "string", "an import was acknowledged");
      }
      assertEquals(await create(store, "other").catch((error) => error.code), "BACKEND_ERROR");
      assertEquals(
        await store.replaceToken(NS, "ab".repeat(32)).catch((error) => error.code),
        "BACKEND_ERROR",
      );
    },
  });

  Deno.test({
    name: `no write is acknowledged once the files have been replaced (${backend})`,
    ignore: Deno.build.os === "windows",
    fn: async () => {
      using folder = new TemporaryFolder();
      const data = folder.file("data");
      await using store = await open(data);
      await create(store, NS);
      await store.write(NS, "a-1", newMessage());
      // As whoever restores a backup beside a running server.
      Deno.renameSync(data, folder.file("old"));
      Deno.mkdirSync(data);
      for (const { name } of Deno.readDirSync(folder.file("old"))) {
        Deno.copyFileSync(join(folder.file("old"), name), join(data, name));
      }
      await assertCode(() => store.write(NS, "a-1", newMessage()), "BACKEND_ERROR", "replaced");
    },
  });
}

Deno.test("openStore() refuses namespaces' files without their registry, and makes none (sqlite)", async () => {
  using folder = new TemporaryFolder();
  {
    await using store = await folder.open();
    await create(store, NS);
    await store.write(NS, "a-1", newMessage());
  }
  Deno.renameSync(folder.file("meta.db"), folder.file("backup"));
  for (const makeEmpty of [false, true]) {
    if (makeEmpty) Deno.writeTextFileSync(folder.file("meta.db"), "");
    const error = await assertCode(() => folder.open(), "BACKEND_ERROR", "meta.db");
    assertStringIncludes(error.message, "Restore the registry from a backup");
    assertStringIncludes(error.message, folder.namespaceFiles()[0] ?? "-");
    assertEquals(folder.names().includes("meta.db"), makeEmpty);
  }
  // Another registry's files, and files of others, are in nobody's way.
  {
    await using store = await openStore("sqlite://other.db", { dataDir: folder.path });
    assertEquals(await store.listNamespaces(), []);
  }
  Deno.renameSync(folder.file("backup"), folder.file("meta.db"));
  await using store = await folder.open();
  assertEquals((await readAll(store)).length, 1);
});

Deno.test("openStore() refuses a log without its file (kv)", async () => {
  using folder = new TemporaryFolder();
  const path = folder.file("events.kv");
  Deno.writeTextFileSync(`${path}-wal`, "x".repeat(5_000));
  const error = await assertCode(() => openStore(`kv://${path}`), "BACKEND_ERROR", "events.kv-wal");
  assertStringIncludes(error.message, "Restore both");
  assertEquals(Deno.readTextFileSync(`${path}-wal`).length, 5_000);
});
