/**
 * Reads by the index of streams. Its entries end with the row's key, which is the global position: where a
 * stream's events are is known without a look at them.
 *
 * @module
 */

import { pageMessagesMax } from "../../../limits.ts";
import { scanMessagesMax } from "../../limits.ts";
import {
  type EventIndex,
  type LinePages,
  type LinkPages,
  PositionList,
  type PositionsQuery,
  type TimeBounds,
} from "../../event_index.ts";
import { DistinctLinks } from "../../event_links.ts";
import { EVENT_LINKS, MAY_HAVE_LINKS, timeConditions } from "../message_table.ts";
import { StepSize } from "../step_size.ts";
import { type Connect, linePages, Scan } from "./scan.ts";

const POSITIONS = `SELECT position, global_position FROM messages INDEXED BY messages_stream
  WHERE stream = ?1 AND position > ?2 ORDER BY position LIMIT ?3`;

export class SqliteEventIndex implements EventIndex {
  readonly #connect: Connect;

  constructor(connect: Connect) {
    this.#connect = connect;
  }

  async positions(query: PositionsQuery): Promise<Float64Array<ArrayBuffer> | undefined> {
    const { streams, from, to, max } = query;
    const found = new PositionList(max);
    for await (const { positions } of this.#entriesOf(streams)) {
      for (const [, position] of positions) {
        if (position >= from && position <= to) found.add(position);
      }
      if (found.isFull) return undefined;
    }
    return found.sorted();
  }

  async counts(streams: readonly string[], to: number): Promise<number[]> {
    const counts = streams.map(() => 0);
    for await (const { stream, positions } of this.#entriesOf(streams)) {
      for (const [, position] of positions) if (position <= to) counts[stream]!++;
    }
    return counts;
  }

  async *linksAt(positions: Float64Array, window: TimeBounds = {}): LinkPages {
    const values: string[] = [];
    const conditions = timeConditions(window, (value) => `?${1 + values.push(value)}`);
    const filter = ["global_position IN (SELECT value FROM json_each(?1))", ...conditions];
    const step = new StepSize(pageMessagesMax);
    for (let start = 0; start < positions.length;) {
      const some = positions.subarray(start, start + step.size);
      start += some.length;
      const connection = await this.#connect();
      const rows = step.measure(() =>
        connection.allArrays<[stream: string, links: string]>(
          `SELECT stream, ${EVENT_LINKS} AS links FROM messages
           WHERE ${MAY_HAVE_LINKS} AND ${filter.join(" AND ")}`,
          `[${some.join()}]`,
          ...values,
        )
      );
      const links = new DistinctLinks();
      for (const [stream, found] of rows) links.add(stream, 0, JSON.parse(found));
      if (links.links.length > 0) yield links.links;
    }
  }

  async *linesAt(positions: Float64Array, window: TimeBounds = {}): LinePages {
    const values: string[] = [];
    const conditions = timeConditions(window, (value) => `?${4 + values.push(value)}`);
    for (let start = 0; start < positions.length; start += pageMessagesMax) {
      const some = positions.subarray(start, start + pageMessagesMax);
      const scan = new Scan({
        key: "global_position",
        parts: ["messages WHERE global_position IN (SELECT value FROM json_each(?4))"],
        partValues: [`[${some.join()}]`],
        filter: conditions.map((condition) => `AND ${condition}`).join(" "),
        filterValues: values,
      });
      yield* linePages(this.#connect, () => ({
        scan,
        from: some[0]!,
        to: some[some.length - 1]!,
        limit: Infinity,
      }));
    }
  }

  /** What the index says of streams, a bounded part of it a tick. */
  async *#entriesOf(
    streams: readonly string[],
  ): AsyncGenerator<{ stream: number; positions: Entry[] }, void> {
    let connection = await this.#connect();
    let looked = 0;
    for (const [stream, name] of streams.entries()) {
      for (let after = -1;;) {
        const positions = connection.allArrays<Entry>(POSITIONS, name, after, scanMessagesMax);
        if (positions.length > 0) yield { stream, positions };
        // To look a stream up takes about as long as to read so many entries.
        looked += positions.length + 10;
        if (looked >= scanMessagesMax) {
          looked = 0;
          connection = await this.#connect();
        }
        const last = positions.at(-1);
        if (last === undefined || positions.length < scanMessagesMax) break;
        [after] = last;
      }
    }
  }
}

type Entry = [position: number, globalPosition: number];
