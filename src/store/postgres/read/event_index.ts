/**
 * Reads by the index of streams.
 *
 * @module
 */

import { pageCharsMax } from "../../../limits.ts";
import { indexedStreamsMax, linkPositionsMax, postgresPageLinesMax } from "../limits.ts";
import {
  type EventIndex,
  type LinePages,
  type LinkPages,
  PositionList,
  type PositionsQuery,
  type TimeBounds,
} from "../../event_index.ts";
import { DistinctLinks } from "../../event_links.ts";
import { checkSameMessages, namespaceNotFound } from "../../refusals.ts";
import type { Database } from "../connection/database.ts";
import { isMissing, whileThere } from "../errors.ts";
import { schemaOf, type SqlValue } from "../names.ts";
import { linkingEvents, type LinkingRow } from "../link_table.ts";
import { clamp, linePages } from "./pages.ts";
import { Scan, type Snapshot } from "./scan.ts";

export class PostgresEventIndex implements EventIndex {
  readonly #database: Database;
  readonly #id: string;
  readonly #schema: string;
  /** Which messages it is of. */
  readonly begun: Snapshot;

  private constructor(database: Database, id: string, begun: Snapshot) {
    this.#database = database;
    this.#id = id;
    this.#schema = schemaOf(id);
    this.begun = begun;
  }

  static async open(database: Database, id: string): Promise<PostgresEventIndex> {
    const begun = await new Scan(schemaOf(id), "global_position").snapshot(database);
    return new PostgresEventIndex(database, id, begun);
  }

  async positions(query: PositionsQuery): Promise<Float64Array<ArrayBuffer> | undefined> {
    const { streams, from, to, max } = query;
    const found = new PositionList(max);
    for (let start = 0; start < streams.length; start += indexedStreamsMax) {
      // One text, since a row for each position takes the client longer to read than to find.
      const [row] = await this.#query<{ positions: string | null }>(
        `SELECT (
           SELECT string_agg(global_position::text, ',') FROM (
             SELECT global_position FROM ${this.#schema}.messages
             WHERE stream_name = ANY($1::text[]) AND global_position + 0 BETWEEN $2 AND $3 LIMIT $4
           ) found
         ) AS positions`,
        [streams.slice(start, start + indexedStreamsMax), clamp(from), clamp(to), clamp(max + 1)],
      );
      for (const position of row?.positions?.split(",") ?? []) found.add(Number(position));
      if (found.isFull) return undefined;
    }
    return found.sorted();
  }

  async counts(streams: readonly string[], to: number): Promise<number[]> {
    const counts = new Map<string, number>();
    for (let start = 0; start < streams.length; start += indexedStreamsMax) {
      const rows = await this.#query<{ stream: string; count: number }>(
        `SELECT stream_name AS stream, count(*) AS count FROM ${this.#schema}.messages
         WHERE stream_name = ANY($1::text[]) AND global_position + 0 <= $2 GROUP BY stream_name`,
        [streams.slice(start, start + indexedStreamsMax), clamp(to)],
      );
      for (const { stream, count } of rows) counts.set(stream, count);
    }
    return streams.map((stream) => counts.get(stream) ?? 0);
  }

  async *linksAt(positions: Float64Array, { since, until }: TimeBounds = {}): LinkPages {
    for (let start = 0; start < positions.length;) {
      const some = [...positions.subarray(start, start + linkPositionsMax)];
      const values: SqlValue[] = [some];
      const bind = (time: string) => `$${values.push(time.slice(0, -1))}`;
      const conditions = [
        "global_position = ANY($1::bigint[])",
        ...since === undefined ? [] : [`left(time, -1) >= ${bind(since)}`],
        ...until === undefined ? [] : [`left(time, -1) < ${bind(until)}`],
      ];
      const sql = linkingEvents(this.#schema, conditions.join(" AND "));
      const rows = await this.#query<LinkingRow>(sql, values);
      const links = new DistinctLinks();
      links.addEvents(rows);
      if (links.links.length > 0) yield links.links;
      // What did not fit the page comes with the next one.
      const bytes = rows.reduce((sum, { metadata }) => sum + metadata.length, 0);
      const last = rows.reduce((highest, row) => Math.max(highest, row.globalPosition), 0);
      start += 4 * bytes < pageCharsMax
        ? some.length
        : some.findLastIndex((position) => position <= last) + 1;
    }
  }

  async *linesAt(positions: Float64Array, window: TimeBounds = {}): LinePages {
    for (let start = 0; start < positions.length; start += postgresPageLinesMax) {
      const some = [...positions.subarray(start, start + postgresPageLinesMax)];
      const scan = new Scan(this.#schema, "global_position");
      scan.where(`global_position = ANY(${scan.bind(some)}::bigint[])`);
      scan.filter(window);
      const pages = linePages(this.#database, () => ({
        id: this.#id,
        scan,
        runs: [{ from: some[0]!, to: some[some.length - 1]! }],
        limit: Infinity,
        begun: this.begun,
      }));
      try {
        yield* pages;
      } catch (error) {
        throw isMissing(error) ? namespaceNotFound(this.#id) : error;
      }
    }
  }

  /** Runs a statement, and makes sure that the messages are still the same. */
  async #query<T>(sql: string, values: readonly SqlValue[]): Promise<T[]> {
    type Row = T & { isRow: boolean; generation: number; namespace: number };
    const rows = await whileThere(
      this.#id,
      this.#database.queryPage<Row>(
        `SELECT s.generation, s.namespace_number::bigint AS namespace, r.*
       FROM (SELECT * FROM ${this.#schema}.state LIMIT 1) s
       LEFT JOIN LATERAL (SELECT true AS "isRow", found.* FROM (${sql}) AS found) r ON true`,
        values,
      ),
    );
    const state = rows[0];
    checkSameMessages(this.#id, this.begun, state);
    return rows.filter(({ isRow }) => isRow);
  }
}
