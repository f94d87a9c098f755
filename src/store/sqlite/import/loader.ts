/**
 * Puts the records of an import into a file, and finds those whose keys are taken. It runs in the
 * import's worker, or in this thread for a database in memory.
 *
 * @module
 */

import type { SQLInputValue } from "node:sqlite";
import { correlationCategory } from "../../correlation.ts";
import { NO_STREAM, payloadChars } from "../../../message.ts";
import {
  Packed,
  packedNumbers,
  type PackedRecords,
  unpackRecords,
} from "../../../record/packed_records.ts";
import type { ImportCount } from "../../../import_result.ts";
import type { ImportRecord } from "../../../record/import_record.ts";
import { lineRunsMax } from "../../limits.ts";
import { isLeftOut, takenError } from "../../conflict.ts";
import { ImportedLines } from "../../imported_lines.ts";
import { findHolders, firstRepetition, messageAt } from "./conflict.ts";
import type { Connection } from "../connection.ts";
import { isTaken } from "../errors.ts";
import {
  highestGlobalPosition,
  insertMessage,
  Tally,
  versionOf,
  writeState,
} from "../message_table.ts";
import { MESSAGE_INDEXES } from "../schema.ts";
import { TimeSpans } from "../read/time_blocks.ts";

export interface LoadOptions {
  /** The file holds no message and no secondary index yet. */
  isFresh: boolean;
  skipExisting: boolean;
  /** The highest global position that the namespace ever had. */
  highWater: number;
}

/** What became of a batch, record by record. */
export interface LoadCount extends ImportCount {
  skippedLines: number[];
}

/** Loads the records of one import, inside one transaction of its caller's. */
export class Loader {
  readonly #target: Connection;
  readonly #options: LoadOptions;
  readonly #existing: Connection | undefined;
  /** What is added to a file that has counters already; a fresh one is counted in the end. */
  readonly #tally = new Tally();
  readonly #times = new TimeSpans();
  /** Which line each record stood on, from 1 on: needed as long as repeated keys are found only later. */
  #lines: ImportedLines | undefined;
  #rows = 0;
  /** The same by global position, as far as it is remembered: which earlier line has a key. */
  readonly #noted = new ImportedLines();
  #lastGlobal = 0;
  #charsMax = 0;

  /** @param existing Messages that count as there already, beside those in the target. */
  constructor(target: Connection, options: LoadOptions, existing?: Connection) {
    this.#target = target;
    this.#options = options;
    this.#existing = existing;
    if (!options.isFresh) return;
    this.#lines = new ImportedLines(lineRunsMax);
    // Finding what is there already needs the indexes from the first record on; so does finding which comes
    // first, a key that is taken there or one that is taken in the file.
    if (options.skipExisting || existing !== undefined) this.#buildIndexes();
  }

  /** @throws {EventoDBError} `POSITION_EXISTS` or `MESSAGE_ID_EXISTS`. */
  write(batch: PackedRecords): LoadCount {
    if (this.#lines === undefined || this.#existing !== undefined || !this.#follows(batch)) {
      return this.writeRecords(unpackRecords(batch));
    }
    // In ascending order and without an index, nothing can be taken yet.
    this.#charsMax = insertPacked(this.#target, batch, this.#charsMax);
    this.#times.addPacked(batch);
    this.#times.write(this.#target);
    for (let i = 0; i < batch.length; i++) {
      const at = i * packedNumbers;
      this.#note(batch.numbers[at + Packed.globalPosition]!, batch.numbers[at + Packed.line]!);
    }
    return { imported: batch.length, skipped: 0, skippedLines: [] };
  }

  /** The same, record by record. */
  writeRecords(batch: readonly ImportRecord[]): LoadCount {
    const heldStreams = new Set<string>();
    const skippedLines: number[] = [];
    for (const record of batch) {
      if (this.#lines !== undefined && record.globalPosition <= this.#lastGlobal) {
        this.#buildIndexes();
      }
      if (this.#isThere(record)) skippedLines.push(record.line);
      else if (this.#options.isFresh) {
        this.#insert(record);
        this.#times.add(record.globalPosition, record.time.slice(0, -1));
      } else {
        const isFirst = !heldStreams.has(record.stream) &&
          versionOf(this.#target, record.stream) === NO_STREAM;
        this.#insert(record);
        heldStreams.add(record.stream);
        this.#tally.count(record, isFirst);
      }
    }
    this.#tally.write(this.#target);
    this.#times.write(this.#target);
    const skipped = skippedLines.length;
    return { imported: batch.length - skipped, skipped, skippedLines };
  }

  /** Finds what only the indexes find: a repeated id or stream position. */
  check(): void {
    if (this.#lines !== undefined) this.#buildIndexes();
  }

  /** Completes the file: what was left for the end, indexes and counters. @throws As `check`. */
  finish(): void {
    if (!this.#options.isFresh) return;
    this.check();
    this.#target.run(
      `INSERT INTO categories
       SELECT substr(stream, 1, instr(stream || '-', '-') - 1), count(*), sum(messages)
       FROM (SELECT stream, count(*) AS messages
             FROM messages INDEXED BY messages_stream GROUP BY stream)
       GROUP BY 1`,
    );
    const counts = this.#target.get<{ streams: number; messages: number }>(
      "SELECT total(streams) AS streams, total(messages) AS messages FROM categories",
    ) ?? { streams: 0, messages: 0 };
    const highWater = Math.max(this.#options.highWater, highestGlobalPosition(this.#target));
    writeState(this.#target, { ...counts, highWater, charsMax: this.#charsMax });
  }

  #insert(record: ImportRecord): void {
    try {
      insertMessage(this.#target, record);
    } catch (error) {
      const taken = isTaken(error) && findHolders([this.#target], record).firstOf(record);
      throw taken ? takenError(record, taken, this.#noted) : error;
    }
    this.#note(record.globalPosition, record.line);
    this.#charsMax = Math.max(this.#charsMax, payloadChars(record));
  }

  #note(globalPosition: number, line: number): void {
    this.#lines?.note(++this.#rows, line);
    this.#noted.note(globalPosition, line);
    this.#lastGlobal = globalPosition;
  }

  /** Whether the record is there and to be skipped. */
  #isThere(record: ImportRecord): boolean {
    const { skipExisting } = this.#options;
    if (skipExisting) {
      const holder = messageAt(this.#target, record.globalPosition) ??
        (this.#existing && messageAt(this.#existing, record.globalPosition));
      if (holder) return isLeftOut(record, { key: "global position", holder }, true, this.#noted);
    }
    if (this.#existing === undefined) return false;
    if (findHolders([this.#existing], record).isEmpty) return false;
    const taken = findHolders([this.#existing, this.#target], record).firstOf(record);
    throw takenError(record, taken!, this.#noted);
  }

  /** Whether the records come after all that are there, and in ascending order. */
  #follows({ length, numbers }: PackedRecords): boolean {
    let last = this.#lastGlobal;
    for (let i = 0; i < length; i++) {
      const next = numbers[i * packedNumbers + Packed.globalPosition]!;
      if (next <= last) return false;
      last = next;
    }
    return true;
  }

  #buildIndexes(): void {
    const lines = this.#lines;
    this.#lines = undefined;
    try {
      for (const statement of MESSAGE_INDEXES) this.#target.run(statement);
    } catch (error) {
      throw isTaken(error) && lines !== undefined ? firstRepetition(this.#target, lines) : error;
    }
  }
}

/** Rows of one statement of {@linkcode insertPacked}: a sixth faster than row by row, and no more by 50. */
const rowsAtOnce = 20;
const insertRows = insertSql(rowsAtOnce);

/** Texts come as bytes, which a column of texts would refuse. */
function insertSql(rows: number): string {
  const row = "(?, CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), ?, CAST(? AS TEXT), ?, " +
    "CAST(? AS TEXT), CAST(? AS TEXT))";
  return `INSERT INTO messages
    (global_position, id, stream, type, position, time, correlation, data, metadata)
    VALUES ${new Array(rows).fill(row).join(", ")}`;
}

/**
 * Inserts packed records, and returns how many payload characters the largest message has. Texts go in as the bytes
 * that they are: to make strings of them and bytes again would take as long as the inserting.
 */
function insertPacked(
  connection: Connection,
  { length, bytes, numbers }: PackedRecords,
  charsMax: number,
): number {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  for (let first = 0; first < length; first += rowsAtOnce) {
    const rows = Math.min(rowsAtOnce, length - first);
    const values: SQLInputValue[] = [];
    for (let i = first; i < first + rows; i++) {
      const at = i * packedNumbers;
      const field = (field: number) =>
        bytes.subarray(numbers[at + field]!, numbers[at + field + 1]!);
      const data = field(Packed.data);
      const metadata = numbers[at + Packed.metadata + 1] === 0 ? null : field(Packed.metadata);
      // A character takes a byte at least.
      if (data.length + (metadata?.length ?? 0) > charsMax) {
        charsMax = Math.max(charsMax, charsIn(data) + (metadata === null ? 0 : charsIn(metadata)));
      }
      values.push(
        numbers[at + Packed.globalPosition]!,
        field(Packed.id),
        field(Packed.stream),
        field(Packed.type),
        numbers[at + Packed.position]!,
        bytes.subarray(numbers[at + Packed.time]!, numbers[at + Packed.time + 1]! - 1),
        metadata === null ? null : correlationCategory(decoder.decode(metadata)),
        data,
        metadata,
      );
    }
    connection.run(rows === rowsAtOnce ? insertRows : insertSql(rows), ...values);
  }
  return charsMax;
}

/** How long a text is as a string, which is not made: it may be 16 MiB, and the memory would stay taken. */
function charsIn(bytes: Uint8Array): number {
  let chars = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    // All but the first byte of a character add nothing; a character of four is two code units.
    if ((byte & 0xc0) !== 0x80) chars += byte >= 0xf0 ? 2 : 1;
  }
  return chars;
}
