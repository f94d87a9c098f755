/**
 * The store contract on a remote Deno KV: on the KV Connect server of the tests, and on a real one
 * when `EVENTODB_TEST_DENOKV` names its binary (https://github.com/denoland/denokv).
 *
 * @module
 */

import { storeContract } from "../contract/store_contract.ts";
import { openRemoteKv, startDenokv } from "../support/kv_connect/remote_store.ts";

storeContract(openRemoteKv, "kv, remote");

if (Deno.env.get("EVENTODB_TEST_DENOKV")) {
  const denokv = startDenokv();
  Deno.test.afterAll(async () => await (await denokv)[Symbol.asyncDispose]());
  storeContract(async (options) => await (await denokv).open(options), "kv, denokv");
}
