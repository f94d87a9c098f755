/**
 * @module
 */

import type { MessageQuery } from "../store.ts";
import type { Database } from "./database.ts";
import type { Range } from "./scan.ts";

export function findWindow(
  _database: Database,
  _schema: string,
  _query: MessageQuery,
): Promise<Pick<Range, "runs" | "begun"> | undefined> {
  return Promise.resolve(undefined);
}
