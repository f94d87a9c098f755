/**
 * Puts the records of an import into a file, and finds those whose keys are taken. It runs in the
 * import's worker, or in this thread for a database in memory.
 *
 * @module
 */

import { NO_STREAM } from "../../../message.ts";
import type { Message } from "../../../message.ts";
import {
  Packed,
  packedNumbers,
  type PackedRecords,
  unpackRecords,
} from "../../../record/packed_records.ts";
import type { ImportCount } from "../../../import_result.ts";
import type { ImportRecord } from "../../../record/import_record.ts";
import { differences } from "../../../record/differences.ts";
import { type Conflict, conflictError, type TakenKey } from "../../conflict.ts";
import { ImportedLines } from "../../imported_lines.ts";
import { findConflict, firstConflict, messageAt } from "./conflict.ts";
import type { Connection } from "../connection.ts";
import { isTaken } from "../errors.ts";
import { LineIndex } from "./line_index.ts";
import {
  charsOf,
  insertMessage,
  insertPacked,
  MESSAGE_COLUMNS,
  Tally,
  versionOf,
  writeState,
} from "../message_table.ts";
import { MESSAGE_INDEXES } from "../schema.ts";
import { TimeSpans } from "../read/time_blocks.ts";

/** How records are loaded. */
export interface LoadOptions {
  /** The file holds no message and no secondary index yet. */
  isFresh: boolean;
  /** Skip records that are there already. */
  skipExisting: boolean;
  /** The highest global position that the namespace ever had. */
  highWater: number;
}

/** What became of a batch, record by record. */
export interface LoadCount extends ImportCount {
  /** The lines of the records that were skipped. */
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
  /** Which lines the records stood on: needed as long as repeated keys are found only later. */
  #lines: LineIndex | undefined;
  /** The same in any order, as far as it is remembered: which earlier line has a key. */
  readonly #noted = new ImportedLines();
  #lastGlobal = 0;
  #charsMax = 0;

  /** @param existing Messages that count as there already, beside those in the target. */
  constructor(target: Connection, options: LoadOptions, existing?: Connection) {
    this.#target = target;
    this.#options = options;
    this.#existing = existing;
    if (!options.isFresh) return;
    this.#lines = new LineIndex(target);
    // To tell what is there already takes the indexes from the first record on; so does to tell which
    // comes first, a key that is taken there or one that is taken in the file.
    if (options.skipExisting || existing !== undefined) this.#buildIndexes();
  }

  /**
   * Loads a batch.
   *
   * @throws {EventoDBError} `POSITION_EXISTS` or `MESSAGE_ID_EXISTS`.
   */
  write(batch: PackedRecords): LoadCount {
    const lines = this.#lines;
    if (lines === undefined || this.#existing !== undefined || !this.#follows(batch)) {
      return this.writeRecords(unpackRecords(batch));
    }
    // In ascending order and without an index, nothing can be taken yet.
    this.#charsMax = insertPacked(this.#target, batch, this.#charsMax);
    this.#times.addPacked(batch);
    this.#times.write(this.#target);
    for (let i = 0; i < batch.length; i++) {
      const at = i * packedNumbers;
      this.#lastGlobal = batch.numbers[at + Packed.globalPosition]!;
      const line = batch.numbers[at + Packed.line]!;
      lines.note({ globalPosition: this.#lastGlobal, line });
      this.#noted.note(this.#lastGlobal, line);
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

  /**
   * Finds what only the indexes find.
   *
   * @throws {EventoDBError} As `write`: a repeated id or stream position.
   */
  check(): void {
    if (this.#lines !== undefined) this.#buildIndexes();
  }

  /**
   * Completes the file: what was left for the end, indexes and counters.
   *
   * @throws {EventoDBError} As `write`: only the indexes find a repeated id or stream position.
   */
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
    const highest = this.#target.get<{ highest: number | null }>(
      "SELECT max(global_position) AS highest FROM messages",
    )?.highest ?? 0;
    writeState(this.#target, {
      highWater: Math.max(this.#options.highWater, highest),
      streams: counts.streams,
      messages: counts.messages,
      charsMax: this.#charsMax,
    });
  }

  #insert(record: ImportRecord): void {
    try {
      insertMessage(this.#target, record);
    } catch (error) {
      const conflict = isTaken(error) ? findConflict(this.#target, record) : undefined;
      throw conflict === undefined ? error : this.#conflictError(record, conflict);
    }
    this.#lines?.note(record);
    this.#noted.note(record.globalPosition, record.line);
    this.#lastGlobal = record.globalPosition;
    this.#charsMax = Math.max(this.#charsMax, charsOf(record));
  }

  /** Whether the record is there and to be skipped. */
  #isThere(record: ImportRecord): boolean {
    if (this.#options.skipExisting) {
      for (const connection of [this.#target, this.#existing]) {
        const holder = connection && messageAt(connection, record.globalPosition);
        if (holder === undefined) continue;
        if (differences(record, holder).length === 0) return true;
        throw this.#conflictError(record, { key: "global position", holder });
      }
    }
    const conflict = this.#existing && findConflict(this.#existing, record);
    if (conflict === undefined) return false;
    throw this.#conflictError(record, firstConflict(conflict, findConflict(this.#target, record)));
  }

  /** The error of a record whose key is taken, perhaps by an earlier line. */
  #conflictError(record: ImportRecord, conflict: Conflict): Error {
    const holderLine = this.#noted.lineOf(conflict.holder.globalPosition);
    return conflictError(record, { ...conflict, holderLine });
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
      throw isTaken(error) && lines !== undefined ? this.#firstRepetition(lines) : error;
    }
    lines?.drop();
  }

  /** Records came in ascending global position, so the lowest repetition is on the earliest line. */
  #firstRepetition(lines: LineIndex): Error {
    const repetitions = [
      this.#repetition("stream position", "stream, position"),
      this.#repetition("id", "id"),
    ].filter((repetition) => repetition !== undefined)
      .sort((a, b) => a.later - b.later);
    const [first] = repetitions;
    const later = first && messageAt(this.#target, first.later);
    const holder = first && messageAt(this.#target, first.earlier);
    if (first === undefined || later === undefined || holder === undefined) {
      return new Error("An index found a repeated key, and the table none");
    }
    return conflictError(
      { ...later, line: lines.lineOf(first.later) },
      { key: first.key, holder, holderLine: lines.lineOf(first.earlier) },
    );
  }

  #repetition(
    key: TakenKey,
    columns: string,
  ): { key: TakenKey; earlier: number; later: number } | undefined {
    const row = this.#target.get<{ earlier: number; later: number }>(
      `SELECT earlier, later FROM (
         SELECT global_position AS later,
                lag(global_position) OVER (PARTITION BY ${columns} ORDER BY global_position) AS earlier
         FROM messages)
       WHERE earlier IS NOT NULL ORDER BY later LIMIT 1`,
    );
    return row && { key, ...row };
  }
}

/**
 * Goes through the messages of a file in ascending global position.
 *
 * @param from Lowest global position, inclusive.
 * @param limit Most messages.
 */
export function messagesFrom(connection: Connection, from: number, limit: number): Message[] {
  return connection.all<Message>(
    `SELECT ${MESSAGE_COLUMNS} FROM messages WHERE global_position >= ? ORDER BY global_position LIMIT ?`,
    from,
    limit,
  );
}
