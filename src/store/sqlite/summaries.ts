/**
 * What is known of a namespace's streams and categories, without a scan of its messages.
 *
 * @module
 */

import type { CategorySummary, StreamsQuery, StreamSummary } from "../../listings.ts";
import type { NamespaceActivity, NamespaceSummaries } from "../base_store.ts";
import type { Connection } from "./connection.ts";
import { highestGlobalPosition, readState } from "./message_table.ts";
import type { Namespace } from "./namespace.ts";

export class SqliteSummaries implements NamespaceSummaries {
  readonly #namespace: Namespace;

  constructor(namespace: Namespace) {
    this.#namespace = namespace;
  }

  async activity(): Promise<NamespaceActivity> {
    const connection = await this.#namespace.reading()();
    const { messages, streams } = readState(connection);
    const globalPosition = highestGlobalPosition(connection);
    const last = connection.get<{ time: string }>(
      "SELECT time || 'Z' AS time FROM messages WHERE global_position = ?",
      globalPosition,
    );
    return {
      messageCount: messages,
      streamCount: streams,
      lastActivity: last?.time ?? null,
      globalPosition,
    };
  }

  /** Goes from one to the next in the index, whatever lies between. */
  async listStreams({ prefix, cursor, limit }: StreamsQuery): Promise<StreamSummary[]> {
    const connection = await this.#namespace.reading()();
    const streams: StreamSummary[] = [];
    let row = startsAfter(connection, cursor, prefix)
      ? nextStream(connection, ">", cursor)
      : nextStream(connection, ">=", prefix);
    while (row !== undefined && row.stream.startsWith(prefix) && streams.length < limit) {
      const last = connection.get<{ version: number; time: string }>(
        `SELECT position AS version, time || 'Z' AS time FROM messages INDEXED BY messages_stream
         WHERE stream = ? ORDER BY position DESC LIMIT 1`,
        row.stream,
      );
      if (last !== undefined) {
        streams.push({ stream: row.stream, version: last.version, lastActivity: last.time });
      }
      row = nextStream(connection, ">", row.stream);
    }
    return streams;
  }

  async listCategories(): Promise<CategorySummary[]> {
    return (await this.#namespace.reading()()).all<CategorySummary>(
      `SELECT category, streams AS streamCount, messages AS messageCount
       FROM categories ORDER BY category`,
    );
  }
}

/** SQLite compares bytes of UTF-8, JavaScript UTF-16 units: the two orders differ. */
function startsAfter(connection: Connection, cursor: string, prefix: string): boolean {
  return connection.get<{ after: number }>("SELECT ? >= ? AS after", cursor, prefix)?.after === 1;
}

function nextStream(
  connection: Connection,
  operator: ">" | ">=",
  bound: string,
): { stream: string } | undefined {
  return connection.get<{ stream: string }>(
    `SELECT stream FROM messages INDEXED BY messages_stream
     WHERE stream ${operator} ? ORDER BY stream LIMIT 1`,
    bound,
  );
}
