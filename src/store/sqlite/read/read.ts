/**
 * Reads, a page at a time; between pages everyone else is served.
 *
 * @module
 */

import type { SQLInputValue } from "node:sqlite";
import { scanMessagesMax } from "../../limits.ts";
import type { Message } from "../../../message.ts";
import type { NamespaceReads } from "../../base_store.ts";
import { type CategoryChoice, chooseCategories } from "../../category_choice.ts";
import type { LinePages } from "../../event_index.ts";
import type { MessageQuery, StreamQuery } from "../../store.ts";
import type { Connection } from "../connection.ts";
import {
  highestGlobalPosition,
  MESSAGE_COLUMNS,
  timeConditions,
  versionOf,
} from "../message_table.ts";
import type { Namespace } from "../namespace.ts";
import { linePages, messagePages, type Range, Scan, type Source } from "./scan.ts";
import { TimeWindow } from "./time_blocks.ts";

export class SqliteReads implements NamespaceReads {
  readonly #namespace: Namespace;

  constructor(namespace: Namespace) {
    this.#namespace = namespace;
  }

  readMessages(query: MessageQuery): AsyncGenerator<Message[], void> {
    return messagePages(
      this.#namespace.reading(),
      (connection) => messagesRange(connection, query),
    );
  }

  readLines(query: MessageQuery): LinePages {
    return linePages(this.#namespace.reading(), (connection) => messagesRange(connection, query));
  }

  readStream(stream: string, query: StreamQuery): AsyncGenerator<Message[], void> {
    return messagePages(this.#namespace.reading(), (connection) => ({
      scan: new Scan(streamSource(stream, query)),
      from: query.from,
      to: versionOf(connection, stream),
      limit: query.limit,
    }));
  }

  async findMessage(messageId: string): Promise<Message | null> {
    const connection = await this.#namespace.reading()();
    const sql = `SELECT ${MESSAGE_COLUMNS} FROM messages INDEXED BY messages_id WHERE id = ?`;
    return connection.get<Message>(sql, messageId) ?? null;
  }

  async lastMessage(stream: string, type?: string): Promise<Message | null> {
    const connect = this.#namespace.reading();
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

  async streamVersion(stream: string): Promise<number | null> {
    const version = versionOf(await this.#namespace.reading()(), stream);
    return version < 0 ? null : version;
  }
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
  conditions.push(...timeConditions(query, bind));
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
