/**
 * Reads by the index of streams.
 *
 * @module
 */

import { indexedStreamsMax, postgresPageLinesMax } from "../../../limits.ts";
import {
  type EventIndex,
  PositionList,
  type PositionsQuery,
  type TimeBounds,
} from "../../event_index.ts";
import { namespaceNotFound, replacedWhileRead } from "../../refusals.ts";
import type { Database } from "../connection/database.ts";
import { clamp, linePages, type Moment, Scan } from "./scan.ts";

/** Finds events of one Postgres namespace. */
export class PostgresEventIndex implements EventIndex {
  readonly #database: Database;
  readonly #id: string;
  readonly #schema: string;
  readonly #begun: Moment;

  private constructor(database: Database, id: string, schema: string, begun: Moment) {
    this.#database = database;
    this.#id = id;
    this.#schema = schema;
    this.#begun = begun;
  }

  /** Opens the index of a namespace, as it is now. */
  static async open(database: Database, id: string, schema: string): Promise<PostgresEventIndex> {
    const begun = await new Scan(schema, "global_position").moment(database);
    return new PostgresEventIndex(database, id, schema, begun);
  }

  async positions({ streams, from, to, max }: PositionsQuery): Promise<
    Float64Array<ArrayBuffer> | undefined
  > {
    const found = new PositionList(max);
    for (let start = 0; start < streams.length; start += indexedStreamsMax) {
      // One text, since a row for each position takes the client longer to read than to find.
      const [row] = await this.#database.queryPage<Row>(
        `SELECT generation, namespace_number::bigint AS namespace, (
           SELECT string_agg(global_position::text, ',') FROM (
             SELECT global_position FROM ${this.#schema}.messages
             WHERE stream_name = ANY($1::text[]) AND global_position + 0 BETWEEN $2 AND $3 LIMIT $4
           ) found
         ) AS positions FROM ${this.#schema}.state`,
        [streams.slice(start, start + indexedStreamsMax), clamp(from), clamp(to), max + 1],
      );
      if (row === undefined || row.namespace !== this.#begun.namespace) {
        throw namespaceNotFound(this.#id);
      }
      if (row.generation !== this.#begun.generation) throw replacedWhileRead(this.#id);
      for (const position of row.positions?.split(",") ?? []) found.add(Number(position));
      if (found.isFull) return undefined;
    }
    return found.sorted();
  }

  async *linesAt(
    positions: Float64Array,
    window: TimeBounds = {},
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
    for (let start = 0; start < positions.length; start += postgresPageLinesMax) {
      const some = [...positions.subarray(start, start + postgresPageLinesMax)];
      const scan = new Scan(this.#schema, "global_position");
      scan.where(`global_position = ANY(${scan.bind(some)}::bigint[])`);
      scan.filter(window);
      yield* linePages(this.#database, () => ({
        id: this.#id,
        scan,
        runs: [{ from: some[0]!, to: some[some.length - 1]! }],
        limit: Infinity,
        begun: this.#begun,
      }));
    }
  }
}

interface Row {
  generation: number;
  namespace: number;
  positions: string | null;
}
