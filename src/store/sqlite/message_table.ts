/**
 * Rows of the table of messages, and the counters beside it.
 *
 * @module
 */

import { correlationCategory } from "../correlation.ts";
import { type Message, NO_STREAM, payloadChars } from "../../message.ts";
import { categoryOf } from "../../stream_name.ts";
import type { TimeBounds } from "../event_index.ts";
import { LINK_FIELD_END } from "../event_links.ts";
import type { Connection } from "./connection.ts";
import { TimeSpans } from "./read/time_blocks.ts";

/** The columns of a message, so that a row read is a {@linkcode Message}. */
export const MESSAGE_COLUMNS: string = "id, stream, type, position, " +
  "global_position AS globalPosition, data, metadata, time || 'Z' AS time";

/**
 * A message as a line of an export with its line end: byte for byte what `formatRecord` makes of it.
 * `concat` puts it together once, where `||` would copy what there is with every part.
 */
export const RECORD_LINE: string =
  `concat('{"id":', json_quote(id), ',"stream":', json_quote(stream),
  ',"type":', json_quote(type), ',"pos":', position, ',"gpos":', global_position,
  ',"data":', data, ',"meta":', coalesce(metadata, 'null'), ',"time":"', time, 'Z"}', char(10))`;

/** Whether a message's metadata may have links: cheap, and true for few that have none. */
export const MAY_HAVE_LINKS: string =
  `(instr(metadata, '${LINK_FIELD_END}') > 0 OR instr(metadata, '\\u') > 0)`;

/** The links of a message as JSON. Metadata goes there as the bytes that it is. */
export const EVENT_LINKS: string = "event_links(CAST(metadata AS BLOB))";

/** Conditions on a message's time, which is stored without its `Z`. */
export function timeConditions(
  { since, until }: TimeBounds,
  bind: (value: string) => string,
): string[] {
  const conditions: string[] = [];
  if (since !== undefined) conditions.push(`time >= ${bind(since.slice(0, -1))}`);
  if (until !== undefined) conditions.push(`time < ${bind(until.slice(0, -1))}`);
  return conditions;
}

/** The values of {@linkcode MESSAGE_COLUMNS}, in their order. */
export type MessageRow = [
  id: string,
  stream: string,
  type: string,
  position: number,
  globalPosition: number,
  data: string,
  metadata: string | null,
  time: string,
];

export function messageOf(row: MessageRow): Message {
  const [id, stream, type, position, globalPosition, data, metadata, time] = row;
  return { id, stream, type, position, globalPosition, data, metadata, time };
}

/** The one row of state that a namespace has. */
export interface State {
  /** The highest global position that there ever was. */
  highWater: number;
  streams: number;
  messages: number;
  /** Payload characters of the largest message that there ever was. */
  charsMax: number;
}

export function readState(connection: Connection): State {
  const state = connection.get<State>(
    "SELECT high_water AS highWater, streams, messages, chars_max AS charsMax FROM state",
  );
  if (state === undefined) throw new Error(`"${connection.path}" has no state`);
  return state;
}

export function writeState(connection: Connection, state: State): void {
  connection.run(
    "UPDATE state SET high_water = ?, streams = ?, messages = ?, chars_max = ?",
    state.highWater,
    state.streams,
    state.messages,
    state.charsMax,
  );
}

/** Inserts a message. Throws SQLite's own error when one of its keys is taken. */
export function insertMessage(
  connection: Connection,
  message: Message,
  correlation: string | null = correlationCategory(message.metadata),
): void {
  connection.run(
    `INSERT INTO messages
     (global_position, id, stream, type, position, time, correlation, data, metadata)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    message.globalPosition,
    message.id,
    message.stream,
    message.type,
    message.position,
    message.time.slice(0, -1),
    correlation,
    message.data,
    message.metadata,
  );
}

/** The highest global position; 0 for none. */
export function highestGlobalPosition(connection: Connection): number {
  const row = connection.get<{ highest: number | null }>(
    "SELECT max(global_position) AS highest FROM messages",
  );
  return row?.highest ?? 0;
}

/** Position of a stream's last message; −1 for none. */
export function versionOf(connection: Connection, stream: string): number {
  const row = connection.get<{ version: number | null }>(
    "SELECT max(position) AS version FROM messages INDEXED BY messages_stream WHERE stream = ?",
    stream,
  );
  return row?.version ?? NO_STREAM;
}

/** Counts what is inserted into a namespace, until it is written into the counters. */
export class Tally {
  #counted: State = { highWater: 0, streams: 0, messages: 0, charsMax: 0 };
  readonly #categories = new Map<string, { streams: number; messages: number }>();
  readonly #times = new TimeSpans();

  /** @param isFirst Whether its stream had none before it. */
  count(message: Message, isFirst: boolean): void {
    const category = categoryOf(message.stream);
    const counts = this.#categories.get(category) ?? { streams: 0, messages: 0 };
    this.#categories.set(category, counts);
    for (const counter of [counts, this.#counted]) {
      counter.messages++;
      if (isFirst) counter.streams++;
    }
    this.#counted.highWater = Math.max(this.#counted.highWater, message.globalPosition);
    this.#counted.charsMax = Math.max(this.#counted.charsMax, payloadChars(message));
    this.#times.add(message.globalPosition, message.time.slice(0, -1));
  }

  /** Adds what was counted to the counters, inside the transaction of the inserts, and begins at zero. */
  write(connection: Connection): void {
    const { highWater, streams, messages, charsMax } = this.#counted;
    if (messages === 0) return;
    for (const [category, counts] of this.#categories) {
      connection.run(
        `INSERT INTO categories VALUES (?1, ?2, ?3) ON CONFLICT (category)
         DO UPDATE SET streams = streams + ?2, messages = messages + ?3`,
        category,
        counts.streams,
        counts.messages,
      );
    }
    const state = readState(connection);
    writeState(connection, {
      highWater: Math.max(state.highWater, highWater),
      streams: state.streams + streams,
      messages: state.messages + messages,
      charsMax: Math.max(state.charsMax, charsMax),
    });
    this.#times.write(connection);
    this.#counted = { highWater: 0, streams: 0, messages: 0, charsMax: 0 };
    this.#categories.clear();
  }
}
