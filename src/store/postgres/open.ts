/**
 * Opens a Postgres store: connects, and brings the tables to this program's version.
 *
 * @module
 */

import { importWaitMs } from "../../limits.ts";
import { Database } from "./connection/database.ts";
import { migrate } from "./migrate.ts";
import { PostgresStore } from "./store.ts";

/** How {@linkcode openPostgres} opens a store. */
export interface PostgresOptions {
  /** How long a write waits for an import into its namespace, in milliseconds. Default: 5,000. */
  importWaitMs?: number;
}

/**
 * Opens a Postgres store, and makes its tables where they are not there.
 *
 * @param url Where it is: `postgres://user:password@host:5432/database?sslmode=require`.
 * @throws {EventoDBError} `INVALID_REQUEST` for a malformed URL; `BACKEND_ERROR` when the database
 * cannot be reached or used, saying what to do.
 */
export async function openPostgres(
  url: string,
  options: PostgresOptions = {},
): Promise<PostgresStore> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await Database.open(url));
  await migrate(database);
  stack.move();
  return new PostgresStore(database, options.importWaitMs ?? importWaitMs);
}
