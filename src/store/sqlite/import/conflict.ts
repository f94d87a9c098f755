/**
 * Finds the messages that have the keys of a record.
 *
 * @module
 */

import type { Message } from "../../../message.ts";
import type { Conflict, TakenKey } from "../../conflict.ts";
import type { Connection } from "../connection.ts";
import { MESSAGE_COLUMNS } from "../message_table.ts";

const SELECT = `SELECT ${MESSAGE_COLUMNS} FROM messages`;

/**
 * Finds the message at a global position.
 *
 * @returns The message, if there is one.
 */
export function messageAt(connection: Connection, globalPosition: number): Message | undefined {
  return connection.get<Message>(`${SELECT} WHERE global_position = ?`, globalPosition);
}

/**
 * Finds the message that has one of a record's keys.
 *
 * @param connection The namespace's file, with its indexes.
 * @returns The conflict, if there is one.
 */
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
