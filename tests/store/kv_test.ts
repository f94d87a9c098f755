/**
 * The store contract on Deno KV, in a file and in memory.
 *
 * @module
 */

import { openStore } from "../../src/store/open.ts";
import { storeContract } from "../contract/store_contract.ts";
import { openTemporaryKv } from "./kv_store.ts";

storeContract(openTemporaryKv, "kv in a file");
storeContract((options) => openStore("kv://memory", options), "kv in memory");
