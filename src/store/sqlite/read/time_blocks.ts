/**
 * The times of messages, a block of global positions at a time: what a window of time need not read.
 *
 * Times nearly ascend with global positions, so most blocks lie before a window or after it, and a
 * handful of bytes says so for a thousand messages. That holds also where a message came late: its
 * block's times reach further then, and the messages of a block are looked at one by one in any case.
 * It is a block range index, as Postgres has it under the name of BRIN.
 *
 * @module
 */

import type { SQLInputValue } from "node:sqlite";
import { scanMessagesMax } from "../../limits.ts";
import { Packed, packedNumbers, type PackedRecords } from "../../../record/packed_records.ts";
import type { MessageQuery } from "../../store.ts";
import type { Connection } from "../connection.ts";

/** Global positions of one block. Changed, it changes what the table holds. */
const blockPositions = 1024;

function blockOf(globalPosition: number): number {
  return Math.floor(globalPosition / blockPositions);
}

/** The earliest and the latest time of some messages, as they are stored: without their `Z`. */
interface Span {
  earliest: string;
  latest: string;
}

/** Collects the times of messages until they are written into the table of blocks. */
export class TimeSpans {
  readonly #spans = new Map<number, Span>();

  add(globalPosition: number, time: string): void {
    const block = blockOf(globalPosition);
    const span = this.#spans.get(block);
    if (span === undefined) this.#spans.set(block, { earliest: time, latest: time });
    else if (time < span.earliest) span.earliest = time;
    else if (time > span.latest) span.latest = time;
  }

  /** Adds packed records: only a block's earliest and latest time become strings. */
  addPacked(batch: PackedRecords): void {
    const { length, numbers } = batch;
    let first = 0;
    while (first < length) {
      const block = blockOf(numbers[first * packedNumbers + Packed.globalPosition]!);
      let earliest = first;
      let latest = first;
      let next = first + 1;
      for (; next < length; next++) {
        if (blockOf(numbers[next * packedNumbers + Packed.globalPosition]!) !== block) break;
        if (compareTimes(batch, next, latest) > 0) latest = next;
        else if (compareTimes(batch, next, earliest) < 0) earliest = next;
      }
      const globalPosition = block * blockPositions;
      this.add(globalPosition, timeOf(batch, earliest));
      this.add(globalPosition, timeOf(batch, latest));
      first = next;
    }
  }

  /** Writes what was collected, inside the transaction of the inserts, and begins with none. */
  write(connection: Connection): void {
    for (const [block, { earliest, latest }] of this.#spans) {
      connection.run(
        `INSERT INTO time_blocks VALUES (?1, ?2, ?3) ON CONFLICT (block)
         DO UPDATE SET earliest = min(earliest, ?2), latest = max(latest, ?3)`,
        block,
        earliest,
        latest,
      );
    }
    this.#spans.clear();
  }
}

const decoder = new TextDecoder();

function timeOf({ bytes, numbers }: PackedRecords, index: number): string {
  const at = index * packedNumbers + Packed.time;
  return decoder.decode(bytes.subarray(numbers[at]!, numbers[at + 1]! - 1));
}

/** Compares two records' times without their `Z`: byte order is the order of time. */
function compareTimes({ bytes, numbers }: PackedRecords, a: number, b: number): number {
  const atA = a * packedNumbers + Packed.time;
  const atB = b * packedNumbers + Packed.time;
  const startA = numbers[atA]!;
  const startB = numbers[atB]!;
  const lengthA = numbers[atA + 1]! - 1 - startA;
  const lengthB = numbers[atB + 1]! - 1 - startB;
  const length = Math.min(lengthA, lengthB);
  for (let i = 0; i < length; i++) {
    const difference = bytes[startA + i]! - bytes[startB + i]!;
    if (difference !== 0) return difference;
  }
  return lengthA - lengthB;
}

/** Positions up to one, and whether a window has surely nothing there. */
export interface Stretch {
  to: number;
  isEmpty: boolean;
}

/** A window of time, and where in a namespace its messages can be. */
export class TimeWindow {
  readonly #firstSql: string;
  readonly #changeSql: string;
  readonly #endSql: string;
  readonly #values: readonly SQLInputValue[];
  #stretch: Stretch | undefined;

  private constructor({ since, until }: Pick<MessageQuery, "since" | "until">) {
    const values: SQLInputValue[] = [];
    const conditions: string[] = [];
    const bind = (time: string) => `?${4 + values.push(time.slice(0, -1))}`;
    if (since !== undefined) conditions.push(`latest >= ${bind(since)}`);
    if (until !== undefined) conditions.push(`earliest < ${bind(until)}`);
    this.#values = values;
    // ?1 lowest block, ?2 highest, ?3 most that are looked at, ?4 what the first of them is
    const blocks = `SELECT block, ${conditions.join(" AND ")} AS overlaps FROM time_blocks
      WHERE block BETWEEN ?1 AND ?2 ORDER BY block LIMIT ?3`;
    this.#firstSql = `SELECT overlaps FROM (${blocks}) LIMIT 1`;
    this.#changeSql = `SELECT block FROM (${blocks}) WHERE overlaps <> ?4 LIMIT 1`;
    this.#endSql = `SELECT block FROM (${blocks}) LIMIT 1 OFFSET ?3 - 1`;
  }

  static of(query: MessageQuery): TimeWindow | undefined {
    if (query.since === undefined && query.until === undefined) return undefined;
    return new TimeWindow(query);
  }

  /**
   * Finds how far positions are alike: to be looked at, or not.
   *
   * @param from Lowest global position; calls come in ascending order.
   * @param to Highest global position, the same at each call.
   * @returns The stretch that begins with the lowest; it need not be as long as it could be.
   */
  stretchAt(connection: Connection, from: number, to: number): Stretch {
    if (this.#stretch === undefined || from > this.#stretch.to) {
      this.#stretch = this.#find(connection, from, to);
    }
    return this.#stretch;
  }

  #find(connection: Connection, from: number, to: number): Stretch {
    const block = (sql: string, overlaps: number) =>
      connection.get<{ block: number }>(sql, ...range, overlaps, ...this.#values)?.block;
    const range = [blockOf(from), blockOf(to), scanMessagesMax];
    const first = connection.get<{ overlaps: number }>(
      this.#firstSql,
      ...range,
      null,
      ...this.#values,
    );
    if (first === undefined) return { to, isEmpty: true };
    const isEmpty = first.overlaps === 0;
    const change = block(this.#changeSql, first.overlaps);
    if (change !== undefined) return { to: change * blockPositions - 1, isEmpty };
    const end = block(this.#endSql, first.overlaps);
    const last = end === undefined ? to : (end + 1) * blockPositions - 1;
    return { to: Math.min(last, to), isEmpty };
  }
}
