/**
 * The store contract on Postgres.
 *
 * @module
 */

import { openStore } from "../../src/store/open.ts";
import { storeContract } from "../contract/store_contract.ts";
import { testPostgres } from "../support/postgres.ts";

const postgres = await testPostgres();

storeContract(
  async (options) => await openStore(await postgres.createDatabase(), options),
  "postgres",
);
