/**
 * Reads, a page at a time. A page is one synchronous tick, so it is bounded in messages, in
 * characters and in rows looked at; between pages everyone else is served.
 *
 * @module
 */

import type { SQLInputValue } from "node:sqlite";
import { scanMessagesMax } from "../../limits.ts";
import type { Message } from "../../../message.ts";
import { type CategoryChoice, chooseCategories } from "../../category_choice.ts";
import type { MessageQuery, StreamQuery } from "../../store.ts";
import type { Connection } from "../connection.ts";
import { highestGlobalPosition, MESSAGE_COLUMNS, versionOf } from "../message_table.ts";
import { type Connect, linePages, messagePages, type Range, Scan, type Source } from "./scan.ts";
import { TimeWindow } from "./time_blocks.ts";

/** Reads messages by global position. */
export function readMessages(
  connect: Connect,
  query: MessageQuery,
): AsyncGenerator<Message[], void> {
  return messagePages(connect, (connection) => messagesRange(connection, query));
}

/** Reads the same as lines of an export. */
export function readLines(
  connect: Connect,
  query: MessageQuery,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  return linePages(connect, (connection) => messagesRange(connection, query));
}

/** Reads a stream by position. */
export function readStream(
  connect: Connect,
  stream: string,
  query: StreamQuery,
): AsyncGenerator<Message[], void> {
  return messagePages(connect, (connection) => ({
    scan: new Scan(streamSource(stream, query)),
    from: query.from,
    to: versionOf(connection, stream),
    limit: query.limit,
  }));
}

function messagesRange(connection: Connection, query: MessageQuery): Range | null {
  const choice = chooseCategories(query);
  if (choice?.names.length === 0) return null;
  return {
    scan: new Scan(messagesSource(choice, query)),
    from: query.from,
    to: Math.min(query.to ?? Infinity, highestGlobalPosition(connection)),
    limit: query.limit,
    goesOn: query.goesOn,
  };
}

function streamSource(stream: string, { fromGlobal }: StreamQuery): Source {
  return {
    key: "position",
    parts: ["messages INDEXED BY messages_stream WHERE stream = ?4"],
    partValues: [stream],
    filter: fromGlobal === undefined ? "" : "AND global_position >= ?5",
    filterValues: fromGlobal === undefined ? [] : [fromGlobal],
  };
}

function messagesSource(choice: CategoryChoice | undefined, query: MessageQuery): Source {
  const partValues = choice?.areMerged ? choice.names : [];
  const conditions: string[] = [];
  const filterValues: SQLInputValue[] = [];
  const bind = (value: SQLInputValue) => `?${3 + partValues.length + filterValues.push(value)}`;
  if (query.types !== undefined) {
    conditions.push(`type IN (SELECT value FROM json_each(${bind(JSON.stringify(query.types))}))`);
  }
  if (query.correlation !== undefined) conditions.push(`correlation = ${bind(query.correlation)}`);
  if (query.since !== undefined) conditions.push(`time >= ${bind(query.since.slice(0, -1))}`);
  if (query.until !== undefined) conditions.push(`time < ${bind(query.until.slice(0, -1))}`);
  if (query.consumerGroup !== undefined) {
    const { member, size } = query.consumerGroup;
    conditions.push(`is_member(stream, ${bind(member)}, ${bind(size)})`);
  }
  if (choice?.areMerged === false) {
    const names = JSON.stringify(choice.names);
    conditions.push(`category IN (SELECT value FROM json_each(${bind(names)}))`);
  }
  return {
    key: "global_position",
    // The index is named, since no statistics are kept that the planner could choose it by.
    parts: choice?.areMerged
      ? choice.names.map((_, index) =>
        `messages INDEXED BY messages_category WHERE category = ?${index + 4}`
      )
      : ["messages NOT INDEXED WHERE true"],
    partValues,
    filter: conditions.map((condition) => `AND ${condition}`).join(" "),
    filterValues,
    window: TimeWindow.of(query),
  };
}

/** Finds a message by its id. */
export function findMessage(connection: Connection, messageId: string): Message | null {
  const sql = `SELECT ${MESSAGE_COLUMNS} FROM messages INDEXED BY messages_id WHERE id = ?`;
  return connection.get<Message>(sql, messageId) ?? null;
}

/** Reads a stream's last message, or its last of a type. */
export async function lastMessage(
  connect: Connect,
  stream: string,
  type?: string,
): Promise<Message | null> {
  let connection = await connect();
  let to = versionOf(connection, stream);
  const from =
    `SELECT ${MESSAGE_COLUMNS} FROM messages INDEXED BY messages_stream WHERE stream = ?`;
  if (type === undefined) {
    return connection.get<Message>(`${from} AND position = ?`, stream, to) ?? null;
  }
  while (to >= 0) {
    // A type that the stream never had must not make one tick as long as the stream.
    const { lowest } = connection.get<{ lowest: number }>(
      `SELECT min(position) AS lowest FROM (
         SELECT position FROM messages INDEXED BY messages_stream
         WHERE stream = ? AND position <= ? ORDER BY position DESC LIMIT ?)`,
      stream,
      to,
      scanMessagesMax,
    ) ?? { lowest: 0 };
    const found = connection.get<Message>(
      `${from} AND position BETWEEN ? AND ? AND type = ? ORDER BY position DESC LIMIT 1`,
      stream,
      lowest ?? 0,
      to,
      type,
    );
    if (found !== undefined) return found;
    to = (lowest ?? 0) - 1;
    connection = await connect();
  }
  return null;
}
