/**
 * The store contract on Deno KV, in a file and in memory.
 *
 * @module
 */

import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import { importContract } from "../contract/import.ts";
import { create, newMessage, NS } from "../contract/support.ts";
import { writeContract } from "../contract/write.ts";
import { assertEquals } from "../support/assert.ts";
import { startCli } from "../support/cli.ts";
import { storeContract } from "../contract/store_contract.ts";
import { openTemporaryKv } from "./kv/store.ts";

storeContract(openTemporaryKv, "kv in a file");
storeContract((options) => openStore("kv://memory", options), "kv in memory");

/** Opens a store on a Deno KV of the caller's, who closes it after the store. */
async function openOnGiven(options?: { importWaitMs?: number }): Promise<Store> {
  const kv = await Deno.openKv(":memory:");
  const store = await openStore(kv, options);
  const dispose = store[Symbol.asyncDispose].bind(store);
  let disposed: Promise<void> | undefined;
  const close = async () => {
    await dispose();
    kv.close();
  };
  store[Symbol.asyncDispose] = () => disposed ??= close();
  return store;
}
writeContract(openOnGiven, "kv, given");
importContract(openOnGiven, "kv, given");

Deno.test("openStore() leaves a Deno KV that it was given open, and other keys alone", async () => {
  using kv = await Deno.openKv(":memory:");
  await kv.set(["mine"], 1);
  {
    await using store = await openStore(kv);
    await create(store, NS);
    await store.write(NS, "a-1", newMessage());
  }
  assertEquals((await kv.get(["mine"])).value, 1);
  await using again = await openStore(kv);
  assertEquals((await again.namespaceInfo(NS)).messageCount, 1);
});

Deno.test("openStore() opens the default database for kv+deploy:", async () => {
  const own = Object.getOwnPropertyDescriptor(Deno, "openKv") ?? {};
  const { openKv } = Deno;
  const paths: (string | undefined)[] = [];
  const value = (path?: string) => {
    paths.push(path);
    return openKv(":memory:");
  };
  Object.defineProperty(Deno, "openKv", { value, configurable: true });
  try {
    for (const url of ["kv+deploy:", "kv+deploy://"]) {
      await using store = await openStore(url);
      await create(store, NS);
      assertEquals((await store.write(NS, "a-1", newMessage())).globalPosition, 1);
    }
  } finally {
    Object.defineProperty(Deno, "openKv", own);
  }
  assertEquals(paths, [undefined, undefined]);
});

Deno.test("serve --db-url kv+deploy: starts where Deno has a default database", async () => {
  // Deno keeps one for each origin; this one is of no other program.
  const permissions = ["--allow-all", "--location=http://kv-test.eventodb.invalid"];
  await using serving = startCli(["serve", "--port", "0", "--db-url", "kv+deploy:"], {
    permissions,
  });
  assertEquals((await serving.sees(/http:\/\/127\.0\.0\.1:\d+/)).length, 1);
});
