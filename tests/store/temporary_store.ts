/**
 * A SQLite store in a folder of its own.
 *
 * @module
 */

import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import { memoryFolder } from "../support/memory_folder.ts";

/** Opens a store in a new folder, which goes when the store is disposed of. */
export async function openTemporary(options?: { importWaitMs?: number }): Promise<Store> {
  const dataDir = await Deno.makeTempDir({ dir: memoryFolder, prefix: "eventodb-" });
  const store = await openStore("sqlite://meta.db", { dataDir, ...options });
  const dispose = store[Symbol.asyncDispose].bind(store);
  let disposed: Promise<void> | undefined;
  const close = async () => {
    await dispose();
    await Deno.remove(dataDir, { recursive: true });
  };
  store[Symbol.asyncDispose] = () => disposed ??= close();
  return store;
}
