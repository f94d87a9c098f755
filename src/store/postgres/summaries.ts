/**
 * What is known of a namespace's messages, streams and categories, without a look at every message.
 *
 * @module
 */

import type { CategorySummary, StreamsQuery, StreamSummary } from "../../listings.ts";
import type { NamespaceActivity, NamespaceSummaries } from "../base_store.ts";
import type { Database } from "./connection/database.ts";
import { schemaOf } from "./names.ts";

export class PostgresSummaries implements NamespaceSummaries {
  readonly #database: Database;
  readonly #schema: string;

  constructor(database: Database, id: string) {
    this.#database = database;
    this.#schema = schemaOf(id);
  }

  async activity(): Promise<NamespaceActivity> {
    const [activity] = await this.#database.query<NamespaceActivity>(
      `SELECT counts.messages AS "messageCount", counts.streams AS "streamCount",
              last.time AS "lastActivity", coalesce(last.global_position, 0) AS "globalPosition"
       FROM (
         SELECT coalesce(sum(streams), 0)::bigint AS streams,
                coalesce(sum(messages), 0)::bigint AS messages FROM ${this.#schema}.counts
       ) counts
       LEFT JOIN LATERAL (
         SELECT time, global_position FROM ${this.#schema}.messages
         ORDER BY global_position DESC LIMIT 1
       ) last ON true`,
    );
    return activity!; // It sums over everything, so there is one row.
  }

  /** From each name, the index leads to the next. */
  listStreams({ prefix, cursor, limit }: StreamsQuery): Promise<StreamSummary[]> {
    return this.#database.query<StreamSummary>(
      `WITH RECURSIVE names (name, ordinal) AS (
         (SELECT stream_name, 1 FROM ${this.#schema}.messages
          WHERE stream_name >= $1 AND stream_name > $2 ORDER BY stream_name LIMIT 1)
         UNION ALL
         SELECT (SELECT stream_name FROM ${this.#schema}.messages
                 WHERE stream_name > name ORDER BY stream_name LIMIT 1), ordinal + 1
         FROM names WHERE starts_with(name, $1) AND ordinal < $3
       )
       SELECT name AS stream, last.position AS version, last.time AS "lastActivity"
       FROM names CROSS JOIN LATERAL (
         SELECT position, time FROM ${this.#schema}.messages
         WHERE stream_name = name ORDER BY position DESC LIMIT 1
       ) last
       WHERE starts_with(name, $1) ORDER BY ordinal`,
      [prefix, cursor, limit],
    );
  }

  listCategories(): Promise<CategorySummary[]> {
    return this.#database.query<CategorySummary>(
      `SELECT category, sum(streams)::bigint AS "streamCount",
              sum(messages)::bigint AS "messageCount"
       FROM ${this.#schema}.counts GROUP BY category ORDER BY category`,
    );
  }
}
