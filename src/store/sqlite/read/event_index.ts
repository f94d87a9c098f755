/**
 * Reads by the index of streams. Its entries end with the row's key, which is the global position: where a
 * stream's events are is known without a look at them.
 *
 * @module
 */

import { pageMessagesMax, scanMessagesMax } from "../../../limits.ts";
import type { SQLInputValue } from "node:sqlite";
import {
  type EventIndex,
  PositionList,
  type PositionsQuery,
  type TimeBounds,
} from "../../event_index.ts";
import { type Connect, linePages, Scan } from "./scan.ts";

const POSITIONS = `SELECT position, global_position FROM messages INDEXED BY messages_stream
  WHERE stream = ?1 AND position > ?2 ORDER BY position LIMIT ?3`;

/** Finds events of one SQLite namespace. */
export class SqliteEventIndex implements EventIndex {
  readonly #connect: Connect;

  constructor(connect: Connect) {
    this.#connect = connect;
  }

  async positions({ streams, from, to, max }: PositionsQuery): Promise<
    Float64Array<ArrayBuffer> | undefined
  > {
    const found = new PositionList(max);
    let connection = await this.#connect();
    let looked = 0;
    for (const stream of streams) {
      for (let after = -1;;) {
        const rows = connection.allArrays<[position: number, globalPosition: number]>(
          POSITIONS,
          stream,
          after,
          scanMessagesMax,
        );
        for (const [, globalPosition] of rows) {
          if (globalPosition >= from && globalPosition <= to) found.add(globalPosition);
        }
        if (found.isFull) return undefined;
        // To look a stream up takes about as long as to read so many entries.
        looked += rows.length + 10;
        if (looked >= scanMessagesMax) {
          looked = 0;
          connection = await this.#connect();
        }
        const last = rows.at(-1);
        if (last === undefined || rows.length < scanMessagesMax) break;
        [after] = last;
      }
    }
    return found.sorted();
  }

  async *linesAt(
    positions: Float64Array,
    { since, until }: TimeBounds = {},
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
    const filterValues: SQLInputValue[] = [];
    const bind = (value: SQLInputValue) => `?${4 + filterValues.push(value)}`;
    const conditions: string[] = [];
    if (since !== undefined) conditions.push(`AND time >= ${bind(since.slice(0, -1))}`);
    if (until !== undefined) conditions.push(`AND time < ${bind(until.slice(0, -1))}`);
    for (let start = 0; start < positions.length; start += pageMessagesMax) {
      const some = positions.subarray(start, start + pageMessagesMax);
      const scan = new Scan({
        key: "global_position",
        parts: ["messages WHERE global_position IN (SELECT value FROM json_each(?4))"],
        partValues: [`[${some.join()}]`],
        filter: conditions.join(" "),
        filterValues,
      });
      yield* linePages(this.#connect, () => ({
        scan,
        from: some[0]!,
        to: some[some.length - 1]!,
        limit: Infinity,
      }));
    }
  }
}
