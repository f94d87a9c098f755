/**
 * Opens a Postgres store: connects, and brings the tables to this program's version.
 *
 * @module
 */

import type { StoreOptions } from "../base_store.ts";
import { Database } from "./connection/database.ts";
import { migrate } from "./migrate.ts";
import { PostgresStore } from "./store.ts";

/**
 * Opens a Postgres store, and makes its tables where they are not there.
 *
 * @param url Where it is: `postgres://user:password@host:5432/database?sslmode=require`.
 * @throws {EventoDBError} `INVALID_REQUEST` for a malformed URL; `BACKEND_ERROR` when the database
 * cannot be reached or used, saying what to do.
 */
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
