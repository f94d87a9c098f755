/**
 * The store contract on SQLite, in files and in memory.
 *
 * @module
 */

import { openStore } from "../../src/store/open.ts";
import { storeContract } from "../contract/store_contract.ts";
import { openTemporary } from "./temporary_store.ts";

storeContract(openTemporary, "sqlite in files");
storeContract((options) => openStore("sqlite://memory", options), "sqlite in memory");
