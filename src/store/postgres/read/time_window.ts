/**
 * Where the messages of a window of time are, so that the others need not be read.
 *
 * Times nearly ascend with the rows of a table, and an index of block ranges (BRIN) says of each few
 * pages what times they reach over, in a few bytes. What a window finds by it are rows in any order,
 * perhaps many: of those, only the global positions are taken, a block of them at a time, and what lies
 * between them is left out. The pages of a read then go along the primary key as ever, and look at
 * each row's time: the window is exact however the times lie.
 *
 * @module
 */

import { timeMatchesMax, timeRunsMax } from "../limits.ts";
import { POSITION_MAX } from "../../../message.ts";
import type { MessageQuery } from "../../store.ts";
import type { Database } from "../connection/database.ts";
import type { SqlValue } from "../names.ts";
import { TIME_KEY } from "../schema.ts";
import { clamp, type Range } from "./pages.ts";
import type { Run, Snapshot } from "./scan.ts";

/**
 * Positions of one block, and the shortest gap that is left out: to ask for another run takes about
 * as long as to look at so many rows.
 */
const blockPositions = 4096;

/**
 * Without statistics a scan of the whole table may seem best; and however many rows are expected,
 * neither compiling nor other processes are worth their start.
 */
export const WINDOW_SETTINGS: string = `SET LOCAL enable_seqscan = off;
  SET LOCAL jit = off;
  SET LOCAL max_parallel_workers_per_gather = 0`;

/** A gap in what was found, or `null`s where there is none; and what is found in all. */
interface WindowRow extends Snapshot {
  count: number;
  first: number | null;
  last: number | null;
  gapAfter: number | null;
  gapBefore: number | null;
}

/**
 * Finds the runs of global positions outside of which a window of time has no message.
 *
 * @param matchesMax Most messages whose positions are asked for; a window of more is one run.
 * @returns The runs, and the snapshot of which they are true; `undefined` for a query without a window.
 */
export async function findWindow(
  database: Database,
  schema: string,
  query: MessageQuery,
  matchesMax: number = timeMatchesMax,
): Promise<Pick<Range, "runs" | "begun"> | undefined> {
  if (query.since === undefined && query.until === undefined) return undefined;
  const { sql, values } = windowStatement(schema, query, matchesMax);
  const rows = await database.transaction(async (session) => {
    await session.query(WINDOW_SETTINGS);
    return await session.queryPage<WindowRow>(sql, values);
  });
  const [begun] = rows;
  if (begun === undefined) throw new Error("A namespace has no state");
  return { begun, runs: runsOf(rows, query, matchesMax) };
}

/**
 * The statement that finds a window. It is to be run under {@linkcode WINDOW_SETTINGS}.
 *
 * @param matchesMax Most messages that it may have; one more is looked for.
 */
export function windowStatement(
  schema: string,
  { since, until, categories, from, to = POSITION_MAX }: MessageQuery,
  matchesMax: number = timeMatchesMax,
): { sql: string; values: SqlValue[] } {
  const values: SqlValue[] = [clamp(from), clamp(to), matchesMax + 1];
  const bind = (value: SqlValue) => `$${values.push(value)}`;
  const conditions: string[] = [];
  if (since !== undefined) conditions.push(`${TIME_KEY} >= ${bind(since.slice(0, -1))}`);
  if (until !== undefined) conditions.push(`${TIME_KEY} < ${bind(until.slice(0, -1))}`);
  // Expressions, so that no other index seems better.
  conditions.push("global_position + 0 BETWEEN $1 AND $2");
  if (categories !== undefined) {
    conditions.push(`category || '' = ANY(${bind(categories)}::text[])`);
  }
  return {
    sql: `WITH blocks AS (
        SELECT min(at) AS first, max(at) AS last, count(*) AS count FROM (
          SELECT global_position AS at FROM ${schema}.messages
          WHERE ${conditions.join(" AND ")} LIMIT $3
        ) AS found GROUP BY at / ${blockPositions}
      )
      SELECT s.generation, s.namespace_number AS namespace,
        (SELECT coalesce(max(global_position), 0) FROM ${schema}.messages) AS highest, span.*, gap.*
      FROM (SELECT * FROM ${schema}.state LIMIT 1) s
      CROSS JOIN (
        SELECT coalesce(sum(count), 0)::bigint AS count, min(first) AS first, max(last) AS last
        FROM blocks
      ) AS span
      LEFT JOIN (
        SELECT last AS "gapAfter", next AS "gapBefore"
        FROM (SELECT last, lead(first) OVER (ORDER BY first) AS next FROM blocks) AS neighbours
        WHERE next - last > ${blockPositions} ORDER BY next - last DESC LIMIT ${timeRunsMax - 1}
      ) AS gap ON true
      ORDER BY "gapAfter"`,
    values,
  };
}

/** The runs between the gaps; one with everything in it when not all of a window was looked at. */
function runsOf(
  rows: readonly WindowRow[],
  { from, to = POSITION_MAX }: MessageQuery,
  matchesMax: number,
): Run[] {
  const { count, first, last } = rows[0]!; // Each row has them, and there is one without a gap.
  if (count > matchesMax) return [{ from, to }];
  if (first === null || last === null) return [];
  const runs: Run[] = [];
  let start = first;
  for (const { gapAfter, gapBefore } of rows) {
    if (gapAfter === null || gapBefore === null) break;
    runs.push({ from: start, to: gapAfter });
    start = gapBefore;
  }
  return [...runs, { from: start, to: last }];
}
