/**
 * Records that are there already: which of a batch are skipped, which conflict with each other.
 *
 * @module
 */

import type { Message } from "../../../message.ts";
import type { ImportRecord } from "../../../record/import_record.ts";
import { differences } from "../../../record/differences.ts";
import { type Conflict, conflictError } from "../../conflict.ts";
import type { ImportedLines } from "../../imported_lines.ts";
import type { Queryable } from "../connection/session.ts";
import { MESSAGE_COLUMNS } from "../read/scan.ts";

/** The messages with a record's keys. */
type Holders = Partial<Record<"global" | "position" | "id", Message & { line?: number }>>;

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
  const held = await findHolders(transaction, table, batch);
  const added = {
    global: new Map<number, ImportRecord>(),
    position: new Map<string, ImportRecord>(),
    id: new Map<string, ImportRecord>(),
  };
  return batch.filter((record, index) => {
    const position = `${record.position} ${record.stream}`;
    const holders = held[index] ?? {};
    const conflict = conflictOf(record, {
      global: holders.global ?? added.global.get(record.globalPosition),
      position: holders.position ?? added.position.get(position),
      id: holders.id ?? added.id.get(record.id),
    });
    if (conflict === "same") return false;
    if (conflict !== undefined) {
      const holderLine = conflict.holderLine ?? noted.lineOf(conflict.holder.globalPosition);
      throw conflictError(record, { ...conflict, holderLine });
    }
    added.global.set(record.globalPosition, record);
    added.position.set(position, record);
    added.id.set(record.id, record);
    return true;
  });
}

function conflictOf(
  record: Message,
  { global, position, id }: Holders,
): Conflict | "same" | undefined {
  if (global !== undefined) {
    if (differences(record, global).length === 0) return "same";
    return { key: "global position", holder: global, holderLine: global.line };
  }
  if (position !== undefined) {
    return { key: "stream position", holder: position, holderLine: position.line };
  }
  if (id !== undefined) return { key: "id", holder: id, holderLine: id.line };
}

/** For each record, by its index, the messages that have one of its keys. */
async function findHolders(
  transaction: Queryable,
  table: string,
  batch: readonly ImportRecord[],
): Promise<Holders[]> {
  const rows = await transaction.query<Message & { index: number; key: keyof Holders }>(
    `SELECT k.index - 1 AS index, found.*
     FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[])
       WITH ORDINALITY AS k (at_global, in_stream, at_position, of_id, index)
     CROSS JOIN LATERAL (
       SELECT 'global' AS key, ${MESSAGE_COLUMNS} FROM ${table} WHERE global_position = at_global
       UNION ALL
       SELECT 'position', ${MESSAGE_COLUMNS} FROM ${table}
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
  const holders: Holders[] = batch.map(() => ({}));
  for (const { index, key, ...message } of rows) {
    const entry = holders[index];
    if (entry !== undefined) entry[key] = message;
  }
  return holders;
}
