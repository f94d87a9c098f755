/**
 * Records of an import whose keys are taken: who has them, and what to say about it.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import type { Message } from "../../message.ts";
import type { ImportRecord } from "../store.ts";
import type { Connection } from "./connection.ts";
import { MESSAGE_COLUMNS } from "./message_table.ts";

/** Which key is taken. */
export type TakenKey = "global position" | "stream position" | "id";

/** A key that is taken, and the message that has it. */
export interface Clash {
  /** Which key. */
  key: TakenKey;
  /** The message that has it. */
  holder: Message;
  /** The line the message stood on, where it is known to be of the same file. */
  holderLine?: number;
}

const SELECT = `SELECT ${MESSAGE_COLUMNS} FROM messages`;

/**
 * Finds the message at a global position.
 *
 * @param connection The namespace's file.
 * @param globalPosition The global position.
 * @returns The message, if there is one.
 */
export function messageAt(connection: Connection, globalPosition: number): Message | undefined {
  return connection.get<Message>(`${SELECT} WHERE global_position = ?`, globalPosition);
}

/**
 * Finds the message that has one of a record's keys.
 *
 * @param connection The namespace's file, with its indexes.
 * @param record The record.
 * @returns The clash, if there is one.
 */
export function findClash(connection: Connection, record: Message): Clash | undefined {
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

const FIELDS = [
  ["id", "id"],
  ["stream", "stream"],
  ["type", "type"],
  ["position", "pos"],
  ["globalPosition", "gpos"],
  ["data", "data"],
  ["metadata", "meta"],
  ["time", "time"],
] as const;

/**
 * The fields in which two messages differ, by their names in the file.
 *
 * @param a A message.
 * @param b Another.
 * @returns The names; none when the two are the same.
 */
export function differences(a: Message, b: Message): string[] {
  return FIELDS.filter(([field]) => a[field] !== b[field]).map(([, name]) => name);
}

/**
 * The error for a record whose key is taken.
 *
 * @param record The offending record.
 * @param clash Which key, and who has it.
 * @returns The error, with the record's line.
 */
export function clashError(
  record: ImportRecord,
  { key, holder, holderLine }: Clash,
): EventoDBError {
  const what = {
    "global position": `global position ${record.globalPosition}`,
    "stream position": `position ${record.position} of the stream ${quote(record.stream)}`,
    "id": `message id ${record.id}`,
  }[key];
  const where = holderLine === undefined ? "" : `line ${holderLine}, `;
  const differing = differences(record, holder);
  const comparison = differing.length === 0
    ? "it is the same message"
    : `they differ in ${differing.join(", ")}`;
  return new EventoDBError(
    key === "id" ? "MESSAGE_ID_EXISTS" : "POSITION_EXISTS",
    `Cannot import line ${record.line} (${describe(record)}): ` +
      `${what} is taken by ${where}${describe(holder)}; ${comparison}`,
    {
      line: record.line,
      details: {
        stream: holder.stream,
        position: holder.position,
        globalPosition: holder.globalPosition,
      },
    },
  );
}

function describe({ id, stream, position, globalPosition }: Message): string {
  return `message ${id} at position ${position} of ${quote(stream)}, gpos ${globalPosition}`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
