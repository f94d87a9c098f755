/**
 * Finds the messages that have the keys of a record, and the records that repeat a key.
 *
 * @module
 */

import type { Message } from "../../../message.ts";
import { type Conflict, conflictError, type TakenKey } from "../../conflict.ts";
import type { Connection } from "../connection.ts";
import { MESSAGE_COLUMNS } from "../message_table.ts";
import type { LineIndex } from "./line_index.ts";

const SELECT = `SELECT ${MESSAGE_COLUMNS} FROM messages`;

/** Finds the message at a global position. */
export function messageAt(connection: Connection, globalPosition: number): Message | undefined {
  return connection.get<Message>(`${SELECT} WHERE global_position = ?`, globalPosition);
}

/** Finds the message that has one of a record's keys. */
export function findConflict(connection: Connection, record: Message): Conflict | undefined {
  const atGlobal = messageAt(connection, record.globalPosition);
  if (atGlobal !== undefined) return { key: "global position", holder: atGlobal };
  const atPosition = connection.get<Message>(
    `${SELECT} INDEXED BY messages_stream WHERE stream = ? AND position = ?`,
    record.stream,
    record.position,
  );
  if (atPosition !== undefined) return { key: "stream position", holder: atPosition };
  const ofId = connection.get<Message>(`${SELECT} INDEXED BY messages_id WHERE id = ?`, record.id);
  if (ofId !== undefined) return { key: "id", holder: ofId };
}

/** The order in which a record's keys are looked up. */
const keys: readonly TakenKey[] = ["global position", "stream position", "id"];

/**
 * Chooses between what a record conflicts with in two files.
 *
 * @param other That with the other file, if there is one.
 */
export function firstConflict(conflict: Conflict, other: Conflict | undefined): Conflict {
  if (other === undefined) return conflict;
  return keys.indexOf(other.key) < keys.indexOf(conflict.key) ? other : conflict;
}

/**
 * Finds the earliest line that repeats a key, where no index has been there to refuse it.
 *
 * @param lines The lines of the records, which came in ascending global position: so the lowest repetition is
 * on the earliest line.
 * @returns The error of the line.
 */
export function firstRepetition(connection: Connection, lines: LineIndex): Error {
  const repetitions = [
    repetition(connection, "stream position", "stream, position"),
    repetition(connection, "id", "id"),
  ].filter((repetition) => repetition !== undefined)
    .sort((a, b) => a.later - b.later);
  const [first] = repetitions;
  const later = first && messageAt(connection, first.later);
  const holder = first && messageAt(connection, first.earlier);
  if (first === undefined || later === undefined || holder === undefined) {
    return new Error("An index found a repeated key, and the table none");
  }
  return conflictError(
    { ...later, line: lines.lineOf(first.later) },
    { key: first.key, holder, holderLine: lines.lineOf(first.earlier) },
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
