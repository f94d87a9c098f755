/**
 * One number of each of many namespaces, in as few statements as can be.
 *
 * @module
 */

import { postgresLookNamespacesMax } from "./limits.ts";
import type { Database } from "./connection/database.ts";
import { isMissing } from "./errors.ts";

/** The highest global positions that a reader can see; 0 also where there is no such namespace any more. */
export async function highestPositions(
  database: Database,
  schemas: readonly string[],
): Promise<number[]> {
  const highest = await eachOf(database, schemas, "max(global_position)", "messages");
  return highest.map((position) => position ?? 0);
}

/** How many messages there are, by the counters; `undefined` where there is no such namespace any more. */
export function messageCounts(
  database: Database,
  schemas: readonly string[],
): Promise<(number | undefined)[]> {
  return eachOf(database, schemas, "sum(messages)::bigint", "counts");
}

async function eachOf(
  database: Database,
  schemas: readonly string[],
  aggregate: string,
  table: string,
  atOnce: number = postgresLookNamespacesMax,
): Promise<(number | undefined)[]> {
  const found: (number | undefined)[] = [];
  for (let start = 0; start < schemas.length; start += atOnce) {
    const some = schemas.slice(start, start + atOnce);
    const selects = some.map((schema, index) =>
      `SELECT ${index} AS index, coalesce(${aggregate}, 0) AS number FROM ${schema}.${table}`
    );
    try {
      const rows = await database.query<{ number: number }>(
        `${selects.join(" UNION ALL ")} ORDER BY index`,
      );
      found.push(...rows.map(({ number }) => number));
    } catch (error) {
      if (!isMissing(error)) throw error;
      // One of them is gone, and that is all that was said.
      found.push(...atOnce === 1 ? [undefined] : await eachOf(database, some, aggregate, table, 1));
    }
  }
  return found;
}
