/**
 * Walks along a key, a page a tick: a page is one synchronous tick, so it is bounded in messages, in
 * characters and in rows looked at.
 *
 * @module
 */

import type { SQLInputValue } from "node:sqlite";
import { pageCharsMax, pageMessagesMax } from "../../../limits.ts";
import { scanMessagesMax } from "../../limits.ts";
import { sqliteCertainLinesMin } from "../limits.ts";
import type { Message } from "../../../message.ts";
import type { LinePages } from "../../event_index.ts";
import type { MessageQuery } from "../../store.ts";
import type { Connection } from "../connection.ts";
import {
  MESSAGE_COLUMNS,
  messageOf,
  type MessageRow,
  readState,
  RECORD_LINE,
} from "../message_table.ts";
import type { TimeWindow } from "./time_blocks.ts";

/**
 * Begins a tick of the event loop and gives the connection to read with in it; throws when the
 * messages are no longer those of the first tick.
 */
export type Connect = () => Promise<Connection>;

/** Where a scan's rows come from. `?1` is its lowest key, `?2` its highest, `?3` the row limit. */
export interface Source {
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
  /** The window of time that the filter lets through, when there is one. */
  window?: TimeWindow;
}

export interface Range {
  scan: Scan;
  /** Lowest key, inclusive. */
  from: number;
  /** Highest key, inclusive. */
  to: number;
  limit: number;
  /** Ends the read where it returns `false`, as {@linkcode MessageQuery} says. */
  goesOn?: MessageQuery["goesOn"];
}

/** A page, and the lowest key after it. */
interface Page<T> {
  rows: T;
  /** How many messages that are: none where a filter lets nothing through. */
  count: number;
  next: number;
}

/** A walk along a key, in bounded steps. SQLite merges the parts' index ranges, without a sort. */
export class Scan {
  readonly #source: Source;
  readonly #pageSql: string;
  readonly #linesSql: string;
  readonly #lastSql: string;
  readonly #stepSql: string;

  constructor(source: Source) {
    this.#source = source;
    const { key, parts, filter } = source;
    const select = (columns: string, filter: string) =>
      parts.map((part) => `SELECT ${columns} FROM ${part} AND ${key} BETWEEN ?1 AND ?2 ${filter}`)
        .join(" UNION ALL ");
    const order = key === "position" ? "position" : "globalPosition";
    this.#pageSql = `${select(MESSAGE_COLUMNS, filter)} ORDER BY ${order} LIMIT ?3`;
    // Rows come out of a query with a limit in its order. Bytes, so that no string is made of them.
    this.#linesSql = `SELECT CAST(group_concat(line, '') AS BLOB), count(*), max(key) FROM (
      ${select(`${key} AS key, ${RECORD_LINE} AS line`, filter)} ORDER BY key LIMIT ?3)`;
    // Lengths stand at the front of a row: the payloads themselves are not read.
    const bytes = "octet_length(data) + coalesce(octet_length(metadata), 0) AS bytes";
    this.#lastSql = `SELECT max(key) AS key FROM (
      SELECT key, bytes, sum(bytes) OVER (ORDER BY key ROWS UNBOUNDED PRECEDING) AS upTo FROM (
        ${select(`${key} AS key, ${bytes}`, filter)} ORDER BY key LIMIT ?3)
      ) WHERE upTo - bytes < ${pageCharsMax}`;
    this.#stepSql = `${select(`${key} AS key`, "")} ORDER BY key LIMIT 1 OFFSET ?3`;
  }

  messages(connection: Connection, from: number, to: number, limit: number): Page<Message[]> {
    const end = this.#stepEnd(connection, from, to);
    if (end.isEmpty) return { rows: [], count: 0, next: end.to + 1 };
    const rowsMax = Math.min(limit, pageMessagesMax);
    const isCertain = this.#certainRows(connection) >= rowsMax;
    const last = isCertain ? end.to : this.#last(connection, from, end.to, rowsMax);
    const values = this.#values(from, last, rowsMax);
    const rows = connection.allArrays<MessageRow>(this.#pageSql, ...values).map(messageOf);
    const highest = rows.length === rowsMax ? this.#keyOf(rows[rowsMax - 1]!) : last;
    return { rows, count: rows.length, next: highest + 1 };
  }

  /** Reads the next page as lines of an export, which SQLite puts together. */
  lines(
    connection: Connection,
    from: number,
    to: number,
    limit: number,
  ): Page<Uint8Array<ArrayBuffer>> {
    const end = this.#stepEnd(connection, from, to);
    if (end.isEmpty) return { rows: new Uint8Array(), count: 0, next: end.to + 1 };
    // So many need no look at their lengths first, which would find each row twice.
    const certain = this.#certainRows(connection);
    const isCertain = certain >= sqliteCertainLinesMin;
    const rowsMax = Math.min(limit, pageMessagesMax, isCertain ? certain : Infinity);
    const last = isCertain ? end.to : this.#last(connection, from, end.to, rowsMax);
    type Lines = [bytes: Uint8Array<ArrayBuffer>, count: number, highest: number];
    const values = this.#values(from, last, rowsMax);
    // It groups over everything, so there is one row.
    const [rows, count, highest] = connection.allArrays<Lines>(this.#linesSql, ...values)[0]!;
    return { rows, count, next: (count === rowsMax ? highest : last) + 1 };
  }

  /**
   * How far a step may go, since a filter may let nothing through for a million rows; and whether it
   * need not look there at all.
   */
  #stepEnd(connection: Connection, from: number, to: number): { to: number; isEmpty: boolean } {
    const { filter, window, partValues } = this.#source;
    if (filter === "") return { to, isEmpty: false };
    const stretch = window?.stretchAt(connection, from, to) ?? { to, isEmpty: false };
    if (stretch.isEmpty || stretch.to - from < scanMessagesMax) return stretch;
    const values = [from, stretch.to, scanMessagesMax - 1, ...partValues];
    const row = connection.get<{ key: number }>(this.#stepSql, ...values);
    return { to: row?.key ?? stretch.to, isEmpty: false };
  }

  #values(from: number, to: number, rowsMax: number): SQLInputValue[] {
    return [from, to, rowsMax, ...this.#source.partValues, ...this.#source.filterValues];
  }

  /** How many rows a page can have, whichever they are. */
  #certainRows(connection: Connection): number {
    return Math.floor(pageCharsMax / Math.max(readState(connection).charsMax, 1));
  }

  /**
   * The key of the last row of a page that ends once its payloads are large enough. A character is a
   * byte or more.
   */
  #last(connection: Connection, from: number, to: number, rowsMax: number): number {
    const values = this.#values(from, to, rowsMax);
    return connection.get<{ key: number | null }>(this.#lastSql, ...values)?.key ?? to;
  }

  #keyOf(message: Message): number {
    return this.#source.key === "position" ? message.position : message.globalPosition;
  }
}

/** Reads messages; `begin` says at the first tick which, `null` for none. */
export function messagePages(
  connect: Connect,
  begin: (connection: Connection) => Range | null,
): AsyncGenerator<Message[], void> {
  return pages(connect, begin, ({ scan }, ...step) => scan.messages(...step));
}

/** Reads the same as lines of an export. */
export function linePages(
  connect: Connect,
  begin: (connection: Connection) => Range | null,
): LinePages {
  return pages(connect, begin, ({ scan }, ...step) => scan.lines(...step));
}

async function* pages<T>(
  connect: Connect,
  begin: (connection: Connection) => Range | null,
  read: (range: Range, ...step: [Connection, from: number, to: number, limit: number]) => Page<T>,
): AsyncGenerator<T, void> {
  let connection = await connect();
  const range = begin(connection);
  if (range === null) return;
  const { to } = range;
  let next = Math.max(range.from, 0);
  let left = range.limit;
  while (next <= to && left > 0) {
    const page = read(range, connection, next, to, left);
    next = page.next;
    left -= page.count;
    if (page.count > 0) yield page.rows;
    if (next > to || left <= 0 || range.goesOn?.(next) === false) return;
    connection = await connect();
  }
}
