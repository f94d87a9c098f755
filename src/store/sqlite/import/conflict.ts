/**
 * Finds the messages that have the keys of a record, and the records that repeat a key.
 *
 * @module
 */

import type { Message } from "../../../message.ts";
import { conflictError, KeyHolders, type TakenKey } from "../../conflict.ts";
import type { ImportedLines } from "../../imported_lines.ts";
import type { Connection } from "../connection.ts";
import { MESSAGE_COLUMNS } from "../message_table.ts";

const SELECT = `SELECT ${MESSAGE_COLUMNS} FROM messages`;

export function messageAt(connection: Connection, globalPosition: number): Message | undefined {
  return connection.get<Message>(`${SELECT} WHERE global_position = ?`, globalPosition);
}

/** Finds the messages that have a record's keys, in one of some files: in the first of them before the others. */
export function findHolders(
  connections: readonly Connection[],
  record: Message,
): KeyHolders<Message> {
  const { globalPosition, stream, position, id } = record;
  const holders = new KeyHolders<Message>();
  const note = (key: TakenKey, holder: Message | undefined) => {
    if (holder !== undefined) holders.set(key, record, holder);
  };
  for (const connection of connections.toReversed()) {
    note("global position", messageAt(connection, globalPosition));
    const atPosition = `${SELECT} INDEXED BY messages_stream WHERE stream = ? AND position = ?`;
    note("stream position", connection.get<Message>(atPosition, stream, position));
    note("id", connection.get<Message>(`${SELECT} INDEXED BY messages_id WHERE id = ?`, id));
  }
  return holders;
}

/**
 * Finds the earliest line that repeats a key, where no index has been there to refuse it.
 *
 * @param lines The lines of the records, by how many came up to each: they came in ascending global position, so the
 * lowest repetition is on the earliest line.
 * @returns The error of the line.
 */
export function firstRepetition(connection: Connection, lines: ImportedLines): Error {
  const lineOf = (globalPosition: number) =>
    lines.lineOf(
      connection.get<{ row: number }>(
        "SELECT count(*) AS row FROM messages WHERE global_position <= ?",
        globalPosition,
      )!.row,
    );
  const [first] = [
    repetition(connection, "stream position", "stream, position"),
    repetition(connection, "id", "id"),
  ].filter((repetition) => repetition !== undefined).sort((a, b) => a.later - b.later);
  const later = first && messageAt(connection, first.later);
  const holder = first && messageAt(connection, first.earlier);
  if (first === undefined || later === undefined || holder === undefined) {
    return new Error("An index found a repeated key, and the table none");
  }
  return conflictError(
    { ...later, line: lineOf(first.later) },
    { key: first.key, holder: { ...holder, line: lineOf(first.earlier) } },
  );
}

function repetition(
  connection: Connection,
  key: TakenKey,
  columns: string,
): { key: TakenKey; earlier: number; later: number } | undefined {
  const row = connection.get<{ earlier: number; later: number }>(
    `SELECT earlier, later FROM (
       SELECT global_position AS later,
              lag(global_position) OVER (PARTITION BY ${columns} ORDER BY global_position) AS earlier
       FROM messages)
     WHERE earlier IS NOT NULL ORDER BY later LIMIT 1`,
  );
  return row && { key, ...row };
}
