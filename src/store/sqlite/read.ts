/**
 * Reads, a page at a time. A page is one synchronous turn, so it is bounded in messages, in
 * characters and in rows looked at; between pages everyone else has their turn.
 *
 * @module
 */

import type { SQLInputValue } from "node:sqlite";
import { pageCharsMax, pageMessagesMax, scanMessagesMax } from "../../limits.ts";
import type { Message } from "../../message.ts";
import type { MessageQuery, StreamQuery } from "../store.ts";
import type { Connection } from "./connection.ts";
import {
  charsOf,
  highestGlobalPosition,
  MESSAGE_COLUMNS,
  messageOf,
  type MessageRow,
  readState,
  versionOf,
} from "./message_table.ts";

/**
 * Begins a turn of the event loop and gives the connection to read with in it; throws when the
 * messages are no longer those of the first turn.
 */
export type Connect = () => Promise<Connection>;

/** More categories than this are found by looking at every message. */
const mergedCategoriesMax = 32;

/**
 * Reads messages by global position.
 *
 * @param connect Gives the connection of a turn.
 * @param query Which messages.
 * @returns Pages of at least one message.
 */
export async function* readMessages(
  connect: Connect,
  query: MessageQuery,
): AsyncGenerator<Message[], void> {
  const categories = query.categories &&
    [...new Set(query.categories)].filter((category) => !category.includes("-"));
  const connection = await connect();
  if (categories?.length === 0) return;
  const scan = new Scan(messagesSource(categories, query));
  const to = Math.min(query.to ?? Infinity, highestGlobalPosition(connection));
  yield* pages(connect, connection, scan, query.from, to, query.limit);
}

/**
 * Reads a stream by position.
 *
 * @param connect Gives the connection of a turn.
 * @param stream The stream's name.
 * @param query Which messages.
 * @returns Pages of at least one message.
 */
export async function* readStream(
  connect: Connect,
  stream: string,
  query: StreamQuery,
): AsyncGenerator<Message[], void> {
  const connection = await connect();
  const scan = new Scan(streamSource(stream, query));
  yield* pages(connect, connection, scan, query.from, versionOf(connection, stream), query.limit);
}

/** Where a scan's rows come from. `?1` is its lowest key, `?2` its highest, `?3` the row limit. */
interface Source {
  /** The column that a scan ascends by. */
  key: "position" | "global_position";
  /** FROM and WHERE, once for each index range to merge. */
  parts: readonly string[];
  /** What the parts bind, to `?4` and on. */
  partValues: readonly SQLInputValue[];
  /** Conditions that are looked at row by row; `""` for none. */
  filter: string;
  /** What the filter binds, after the parts. */
  filterValues: readonly SQLInputValue[];
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

function messagesSource(categories: readonly string[] | undefined, query: MessageQuery): Source {
  const areMerged = categories !== undefined && categories.length <= mergedCategoriesMax;
  const partValues = areMerged ? categories : [];
  const conditions: string[] = [];
  const filterValues: SQLInputValue[] = [];
  const bind = (value: SQLInputValue) => `?${3 + partValues.length + filterValues.push(value)}`;
  if (query.correlation !== undefined) conditions.push(`correlation = ${bind(query.correlation)}`);
  if (query.since !== undefined) conditions.push(`time >= ${bind(query.since.slice(0, -1))}`);
  if (query.until !== undefined) conditions.push(`time < ${bind(query.until.slice(0, -1))}`);
  if (query.consumerGroup !== undefined) {
    const { member, size } = query.consumerGroup;
    conditions.push(`is_member(stream, ${bind(member)}, ${bind(size)})`);
  }
  if (categories !== undefined && !areMerged) {
    conditions.push(
      `category IN (SELECT value FROM json_each(${bind(JSON.stringify(categories))}))`,
    );
  }
  return {
    key: "global_position",
    // The index is named, since no statistics are kept that the planner could choose it by.
    parts: areMerged
      ? categories.map((_, index) =>
        `messages INDEXED BY messages_category WHERE category = ?${index + 4}`
      )
      : ["messages NOT INDEXED WHERE true"],
    partValues,
    filter: conditions.map((condition) => `AND ${condition}`).join(" "),
    filterValues,
  };
}

/** A page, and the lowest key after it. */
interface Page {
  messages: Message[];
  next: number;
}

/** A walk along a key, in bounded steps. SQLite merges the parts' index ranges, without a sort. */
class Scan {
  readonly #source: Source;
  readonly #pageSql: string;
  readonly #pageBytesSql: string;
  readonly #windowSql: string;

  constructor(source: Source) {
    this.#source = source;
    const { key, parts, filter } = source;
    const select = (columns: string, filter: string) =>
      parts.map((part) => `SELECT ${columns} FROM ${part} AND ${key} BETWEEN ?1 AND ?2 ${filter}`)
        .join(" UNION ALL ");
    const order = key === "position" ? "position" : "globalPosition";
    this.#pageSql = `${select(MESSAGE_COLUMNS, filter)} ORDER BY ${order} LIMIT ?3`;
    // Lengths stand at the front of a row: the payloads themselves are not read.
    const bytes = "octet_length(data) + coalesce(octet_length(metadata), 0) AS bytes";
    this.#pageBytesSql = `SELECT sum(bytes) AS bytes FROM (
      ${select(`${key} AS ${order}, ${bytes}`, filter)} ORDER BY ${order} LIMIT ?3)`;
    this.#windowSql = `${select(`${key} AS key`, "")} ORDER BY key LIMIT 1 OFFSET ?3`;
  }

  /** Reads the next page; it may be empty where a filter lets nothing through. */
  page(connection: Connection, from: number, to: number, limit: number): Page {
    const end = this.#source.filter === "" ? to : this.#windowEnd(connection, from, to);
    const rowsMax = Math.min(limit, pageMessagesMax);
    const messages = this.#rows(connection, from, end, rowsMax);
    const last = messages.at(-1);
    const isCut = last !== undefined && (messages.length === rowsMax || this.#isFull(messages));
    return { messages, next: (isCut ? this.#keyOf(last) : end) + 1 };
  }

  /** A filter may let nothing through for a million rows: it is given so many at a time. */
  #windowEnd(connection: Connection, from: number, to: number): number {
    const row = connection.get<{ key: number }>(
      this.#windowSql,
      from,
      to,
      scanMessagesMax - 1,
      ...this.#source.partValues,
    );
    return row?.key ?? to;
  }

  #rows(connection: Connection, from: number, to: number, rowsMax: number): Message[] {
    const { partValues, filterValues } = this.#source;
    const values = [from, to, rowsMax, ...partValues, ...filterValues];
    // Two to three times as fast as row by row, where the page does not become too large.
    if (this.#fits(connection, rowsMax, values)) {
      return connection.allArrays<MessageRow>(this.#pageSql, ...values).map(messageOf);
    }
    const messages: Message[] = [];
    let chars = 0;
    for (const message of connection.iterate<Message>(this.#pageSql, ...values)) {
      messages.push(message);
      chars += charsOf(message);
      if (chars >= pageCharsMax) break;
    }
    return messages;
  }

  /** Whether all rows of a page may be read at once. A character is a byte or more. */
  #fits(connection: Connection, rowsMax: number, values: readonly SQLInputValue[]): boolean {
    if (readState(connection).charsMax * rowsMax <= pageCharsMax) return true;
    const page = connection.get<{ bytes: number | null }>(this.#pageBytesSql, ...values);
    return (page?.bytes ?? 0) <= pageCharsMax;
  }

  #isFull(messages: readonly Message[]): boolean {
    return messages.reduce((chars, message) => chars + charsOf(message), 0) >= pageCharsMax;
  }

  #keyOf(message: Message): number {
    return this.#source.key === "position" ? message.position : message.globalPosition;
  }
}

async function* pages(
  connect: Connect,
  first: Connection,
  scan: Scan,
  from: number,
  to: number,
  limit: number,
): AsyncGenerator<Message[], void> {
  let connection = first;
  let next = Math.max(from, 0);
  let left = limit;
  while (next <= to && left > 0) {
    const page = scan.page(connection, next, to, left);
    next = page.next;
    left -= page.messages.length;
    if (page.messages.length > 0) yield page.messages;
    if (next > to || left <= 0) return;
    connection = await connect();
  }
}

/**
 * Reads a stream's last message, or its last of a type.
 *
 * @param connect Gives the connection of a turn.
 * @param stream The stream's name.
 * @param type The type. Absent: any.
 * @returns The message, or `null` when there is none.
 */
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
    // A type that the stream never had must not make one turn as long as the stream.
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
