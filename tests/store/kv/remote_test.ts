/**
 * The store contract on a remote Deno KV: what writes on the KV Connect server of the tests, and all of
 * it on a real one when `EVENTODB_TEST_DENOKV` names its binary (https://github.com/denoland/denokv).
 *
 * @module
 */

import { appendedContract } from "../../contract/appended.ts";
import { concurrencyContract } from "../../contract/concurrency.ts";
import { importContract } from "../../contract/import.ts";
import { namespacesContract } from "../../contract/namespaces.ts";
import { readStreamContract } from "../../contract/read_stream.ts";
import { storeContract } from "../../contract/store_contract.ts";
import { writeContract } from "../../contract/write.ts";
import { create, importAll, NS, records } from "../../contract/support.ts";
import { assertEquals, assertLess } from "../../support/assert.ts";
import { openAt, openRemoteKv, startDenokv } from "../../support/kv_connect/remote_store.ts";
import { KvConnectServer } from "../../support/kv_connect/server.ts";

// What only reads is the same code as over a file, and takes long here.
namespacesContract(openRemoteKv, "kv, remote");
writeContract(openRemoteKv, "kv, remote");
readStreamContract(openRemoteKv, "kv, remote");
importContract(openRemoteKv, "kv, remote");
concurrencyContract(openRemoteKv, "kv, remote");
appendedContract(openRemoteKv, "kv, remote");

Deno.test("existing=skip asks a remote Deno KV about as often as the import did (kv, remote)", async () => {
  await using server = new KvConnectServer();
  await using store = await openAt(server.url);
  await create(store, NS);
  // As in a file of a few categories: there are others in between.
  const file = records(3_000, 300).map((message) => ({
    ...message,
    globalPosition: 7 * message.globalPosition,
    id: crypto.randomUUID(),
  }));
  await importAll(store, file);
  const countReads = () => server.requests["v2/snapshot_read"]!;
  const before = countReads();
  assertEquals(
    await importAll(store, file, undefined, NS).catch(({ code }) => code),
    "POSITION_EXISTS",
  );
  const start = countReads();
  assertEquals(await importAll(store, file, { existing: "skip" }), { imported: 0, skipped: 3_000 });
  // 200 messages a request, and a few for the lease and the head.
  assertLess(countReads() - start, 30);
  assertLess(start - before, 300);
});

if (Deno.env.get("EVENTODB_TEST_DENOKV")) {
  const denokv = startDenokv();
  Deno.test.afterAll(async () => await (await denokv)[Symbol.asyncDispose]());
  storeContract(async (options) => await (await denokv).open(options), "kv, denokv");
}
