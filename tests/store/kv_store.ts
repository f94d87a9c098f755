/**
 * A Deno KV store in a file of its own.
 *
 * @module
 */

import { openFile } from "../../src/store/kv/open.ts";
import type { KvStore } from "../../src/store/kv/store.ts";

/** Opens a store in a new file, which goes when the store is disposed of. */
export async function openTemporaryKv(options?: { importWaitMs?: number }): Promise<KvStore> {
  const folder = await Deno.makeTempDir({ prefix: "eventodb-" });
  const store = await openFile(`${folder}/events.kv`, options);
  const dispose = store[Symbol.asyncDispose].bind(store);
  let disposed: Promise<void> | undefined;
  const close = async () => {
    await dispose();
    await Deno.remove(folder, { recursive: true });
  };
  store[Symbol.asyncDispose] = () => disposed ??= close();
  return store;
}
