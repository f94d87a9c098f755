/**
 * The table that an import fills: a new one that replaces the table of messages in the end,
 * or the table of messages itself; which records it has already; and the counters beside it.
 *
 * @module
 */

import { postgresLockWaitMs } from "../limits.ts";
import type { Message } from "../../../message.ts";
import { conflictError, isLeftOut, keyError, KeyHolders, type TakenKey } from "../../conflict.ts";
import type { ImportedLines } from "../../imported_lines.ts";
import type { Queryable, Session } from "../connection/session.ts";
import { sqlState } from "../errors.ts";
import { REGISTRY } from "../names.ts";
import { MESSAGE_COLUMNS } from "../read/scan.ts";
import { messageIndexes, nextTable, swapTables } from "../schema.ts";
import type { ImportRecord } from "../../../record/import_record.ts";

/** SQLSTATE of a key that is taken. */
const uniqueViolation = "23505";

/** Makes the table that replaces the table of messages in the end. */
export async function makeNextTable(session: Session, schema: string): Promise<string> {
  const { table, sql } = nextTable(schema);
  await session.query(sql);
  return `${schema}.${table}`;
}

/** @throws {EventoDBError} `POSITION_EXISTS` or `MESSAGE_ID_EXISTS` for the earliest line that repeats a key. */
export async function indexNextTable(
  session: Session,
  schema: string,
  lines: ImportedLines,
): Promise<void> {
  const { table } = nextTable(schema);
  await session.query("SAVEPOINT filled");
  try {
    for (const statement of messageIndexes(schema, table)) await session.queryLong(statement);
  } catch (error) {
    if (sqlState(error) !== uniqueViolation) throw error;
    await session.query("ROLLBACK TO SAVEPOINT filled");
    throw await firstRepetition(session, `${schema}.${table}`, lines);
  }
}

/** Replaces the table of messages, with counters of its own; the commit has to follow at once. */
export async function swapInNextTable(session: Session, schema: string): Promise<void> {
  const next = `${schema}.${nextTable(schema).table}`;
  await session.queryLong(
    `DELETE FROM ${schema}.counts;
     INSERT INTO ${schema}.counts (category, streams, messages)
       SELECT category, count(*), sum(messages)
       FROM (SELECT category, count(*) AS messages FROM ${next} GROUP BY category, stream_name) c
       GROUP BY category;
     UPDATE ${schema}.state SET
       replaced_up_to = greatest(
         replaced_up_to, (SELECT max(global_position) FROM ${schema}.messages)
       ),
       generation = nextval('${REGISTRY}.generations');
     SET LOCAL lock_timeout = ${postgresLockWaitMs}`,
  );
  await session.queryLong(swapTables(schema));
}

/**
 * Adds what this transaction has put into the table of messages to the counters. Its rows are found
 * by their transaction id, within the global positions that it wrote.
 */
export async function countAddedRows(
  session: Session,
  schema: string,
  lowest: number,
  highest: number,
): Promise<void> {
  const messages = `${schema}.messages`;
  // Without statistics of the new rows, a few are expected, and many would be sorted on the disk.
  await session.query("SET LOCAL enable_sort = off");
  await session.queryLong(
    `WITH added AS (
       SELECT category, stream_name, count(*) AS messages FROM ${messages}
       WHERE global_position BETWEEN $1 AND $2 AND xmin = (SELECT pg_current_xact_id()::xid)
       GROUP BY category, stream_name
     )
     INSERT INTO ${schema}.counts (category, streams, messages)
     SELECT category, count(*) FILTER (WHERE NOT EXISTS (
         SELECT FROM ${messages} m
         WHERE m.stream_name = added.stream_name AND m.xmin <> (SELECT pg_current_xact_id()::xid)
       )), sum(messages)
     FROM added GROUP BY category`,
    [lowest, highest],
  );
}

/** Rows lie in a new table in the order in which they came, so the first row is the first line. */
async function firstRepetition(
  session: Session,
  table: string,
  lines: ImportedLines,
): Promise<unknown> {
  const repetitions = ([
    ["global position", "global_position"],
    ["stream position", "stream_name, position"],
    ["id", "id"],
  ] satisfies [TakenKey, string][]).map(([key, columns], rank) =>
    `SELECT '${key}' AS key, ${rank} AS rank, ctid AS later,
            lag(ctid) OVER (PARTITION BY ${columns} ORDER BY ctid) AS earlier FROM ${table}`
  );
  const [first] = await session.queryLong<{ key: TakenKey; later: string; earlier: string }>(
    `SELECT key, later, earlier FROM (${repetitions.join(" UNION ALL ")}) repetitions
     WHERE earlier IS NOT NULL ORDER BY later, rank LIMIT 1`,
  );
  const later = first && await rowAt(session, table, first.later);
  const holder = first && await rowAt(session, table, first.earlier);
  if (first === undefined || later === undefined || holder === undefined) {
    return new Error("An index found a repeated key, and the table none");
  }
  return conflictError(
    { ...later, line: lines.lineOf(later.row) },
    { key: first.key, holder: { ...holder, line: lines.lineOf(holder.row) } },
  );
}

async function rowAt(
  session: Session,
  table: string,
  ctid: string,
): Promise<Message & { row: number } | undefined> {
  const [row] = await session.queryLong<Message & { row: number }>(
    `SELECT ${MESSAGE_COLUMNS}, (SELECT count(*) FROM ${table} WHERE ctid <= $1::tid) AS row
     FROM ${table} WHERE ctid = $1::tid`,
    [ctid],
  );
  return row;
}

/** What Postgres says of a row whose key is taken. */
interface TakenRow {
  constraint?: string;
  detail?: string;
  where?: string;
}

/**
 * What a COPY into the table of messages failed with, as the error of the line that it stopped at.
 *
 * @param database Where to look for the message that has the key, outside of the transaction.
 * @param sent The lines of the records that were sent, by row and by global position.
 * @returns The error of the line, or `undefined` when it failed for another reason.
 */
export async function copyError(
  error: unknown,
  database: Queryable,
  schema: string,
  { lines, noted }: { lines: ImportedLines; noted: ImportedLines },
): Promise<unknown> {
  if (sqlState(error) !== uniqueViolation) return undefined;
  const { constraint, detail = "", where = "" } = error as TakenRow;
  // In any language: "COPY messages, line 3", and "Key (id)=(…) already exists."
  const row = Number(/\d+/.exec(where)?.[0]);
  const value = /=\((.*)\)/s.exec(detail)?.[1] ?? "";
  const line = lines.lineOf(row);
  const find = async (condition: string, values: (string | number)[]) =>
    (await database.query<Message>(
      `SELECT ${MESSAGE_COLUMNS} FROM ${schema}.messages WHERE ${condition}`,
      values,
    ))[0];
  if (constraint === "messages_id") {
    return keyError("id", { id: value, line }, await find("id = $1", [value]));
  }
  if (constraint === "messages_stream") {
    const [, stream = "", position = ""] = /^(.*), (\d+)$/s.exec(value) ?? [];
    return keyError(
      "stream position",
      { stream, position: Number(position), line },
      await find("stream_name = $1 AND position = $2", [stream, position]),
    );
  }
  const globalPosition = Number(value);
  return keyError(
    "global position",
    { globalPosition, line },
    await find("global_position = $1", [globalPosition]),
    noted.lineOf(globalPosition),
  );
}

/**
 * Finds the records of a batch that are not there yet.
 *
 * @param table The table that the import fills, with its indexes.
 * @param noted Which lines those before it stood on.
 * @throws {EventoDBError} `POSITION_EXISTS` or `MESSAGE_ID_EXISTS`, naming both messages, for a record
 * that has a key of another message and differs from it.
 */
export async function newRecords(
  transaction: Queryable,
  table: string,
  batch: readonly ImportRecord[],
  noted: ImportedLines,
): Promise<ImportRecord[]> {
  const holders = await findHolders(transaction, table, batch);
  return batch.filter((record) => {
    const taken = holders.firstOf(record);
    if (taken !== undefined) return !isLeftOut(record, taken, true, noted);
    holders.setAll(record, record);
    return true;
  });
}

/** The messages that have keys of records. */
async function findHolders(
  transaction: Queryable,
  table: string,
  batch: readonly ImportRecord[],
): Promise<KeyHolders<Message & { line?: number }>> {
  const rows = await transaction.query<Message & { key: TakenKey }>(
    `SELECT found.*
     FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[])
       AS k (at_global, in_stream, at_position, of_id)
     CROSS JOIN LATERAL (
       SELECT 'global position' AS key, ${MESSAGE_COLUMNS} FROM ${table}
       WHERE global_position = at_global
       UNION ALL
       SELECT 'stream position', ${MESSAGE_COLUMNS} FROM ${table}
       WHERE stream_name = in_stream AND position = at_position AND global_position <> at_global
       UNION ALL
       SELECT 'id', ${MESSAGE_COLUMNS} FROM ${table}
       WHERE id = of_id AND global_position <> at_global
     ) found`,
    [
      batch.map(({ globalPosition }) => globalPosition),
      batch.map(({ stream }) => stream),
      batch.map(({ position }) => position),
      batch.map(({ id }) => id),
    ],
  );
  const holders = new KeyHolders<Message & { line?: number }>();
  for (const { key, ...message } of rows) holders.set(key, message, message);
  return holders;
}
