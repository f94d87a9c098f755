/**
 * Opens a Postgres store: connects, and brings the tables to this program's version.
 *
 * @module
 */

import type { StoreOptions } from "../base_store.ts";
import { Database } from "./connection/database.ts";
import { migrate } from "./migrate.ts";
import { PostgresStore } from "./store.ts";

/** Opens a store, and makes its tables. @throws {EventoDBError} `INVALID_REQUEST` for the URL; `BACKEND_ERROR`. */
export async function openPostgres(
  url: string,
  options: StoreOptions = {},
): Promise<PostgresStore> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await Database.open(url));
  await migrate(database);
  stack.move();
  return new PostgresStore(database, options);
}
