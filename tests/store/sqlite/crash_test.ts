/**
 * `kill -9` during an import, at any moment: the next start finds the namespace as it was before, or
 * complete, and no file too many.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { importRecordsHereMax } from "../../../src/store/sqlite/limits.ts";
import type { ImportMode } from "../../../src/store/store.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { create, importAll, newMessage, NS, readAll, records } from "../../contract/support.ts";
import { startChild, TemporaryFolder } from "./folder.ts";

const KILLS = 6;

const situations: [string, number, ImportMode][] = [
  ["into an empty namespace", 0, {}],
  ["with force", 50, { force: true }],
  ["into a full namespace", 50, {}],
];
// A small one is loaded without a worker, and takes some milliseconds.
const sizes = [["large", 10_000, 250], ["small", importRecordsHereMax, 15]] as const;
for (
  const [size, imported, longestMs, how, held, mode] of sizes.flatMap((size) =>
    situations.map((situation) => [...size, ...situation] as const)
  )
) {
  Deno.test(`a ${size} import ${how} that is killed is whole or not there`, async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      using folder = new TemporaryFolder();
      {
        await using store = await folder.open();
        await create(store, NS);
        await importAll(store, records(held));
      }
      const hasCommitted = await importAndKill(folder, mode, { imported, longestMs, kill });

      await using store = await folder.open();
      const messages = await readAll(store);
      const complete = imported + (mode.force ? 0 : held);
      if (hasCommitted) assertEquals(messages.length, complete);
      else assert([held, complete].includes(messages.length), `${messages.length} messages`);
      const info = await store.namespaceInfo(NS);
      assertEquals(info.messageCount, messages.length);
      const highest = messages.at(-1)?.globalPosition ?? 0;
      assertEquals((await store.write(NS, "next-1", newMessage())).globalPosition, highest + 1);
      const files = folder.namespaceFiles();
      assertEquals(files.length, 1);
      await store[Symbol.asyncDispose]();
      using database = new DatabaseSync(folder.file(files[0] ?? ""));
      assertEquals(database.prepare("PRAGMA integrity_check").all().length, 1);
      assertEquals(database.prepare("PRAGMA integrity_check").get()?.integrity_check, "ok");
    }
  });
}

/** Kills the import some time after it began; the last times right after it has committed. */
async function importAndKill(
  folder: TemporaryFolder,
  mode: ImportMode,
  { imported, longestMs, kill }: { imported: number; longestMs: number; kill: number },
): Promise<boolean> {
  const { child, words } = await startChild("crash_child.ts", [
    folder.path,
    JSON.stringify(mode),
    "1000",
    String(imported / 10),
  ]);
  let hasCommitted = false;
  const committed = words.read().then(({ value }) => hasCommitted = value !== undefined);
  if (kill < KILLS - 1) {
    const delay = new Promise((resolve) => setTimeout(resolve, Math.random() * longestMs));
    await Promise.race([committed, delay]);
  } else await committed;
  child.kill("SIGKILL");
  await child.status;
  await committed;
  await words.cancel();
  return hasCommitted;
}
