/**
 * Rows that are looked up by their beginning: in memory while there are few, in a sorted file beyond that.
 *
 * Rows that do not fit go to disk in sorted runs, which are merged once when the table is complete, as in
 * Knuth, The Art of Computer Programming, volume 3, section 5.4. Of the merged rows the first of each block
 * stays in memory, so that a look-up reads one block.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { linkRowCharsInMemoryMax, linkRowsInMemoryMax } from "../limits.ts";
import { type FileSpan, TemporaryFile } from "./temporary_file.ts";

/** Characters of a block, but for its last row. */
const blockChars = 32 * 1024;

/** Two of what separates the fields of a row, which are never empty, separate two rows. */
const rowEnd = "\0\0";

/** How many rows stay in memory. */
export interface RowTableOptions {
  /** Most rows. */
  rowsMax?: number;
  /** Most characters of them. */
  charsMax?: number;
}

/** A set of rows. */
export class RowTable implements Disposable {
  readonly #rowsMax: number;
  readonly #charsMax: number;
  readonly #runs: FileSpan[][] = [];
  #rows = new Set<string>();
  #chars = 0;
  #file: TemporaryFile | undefined;
  /** Set once the table is complete: all rows, where they are few. */
  #sorted: string[] | undefined;
  /** The same where they are on disk: the blocks, and the first row of each. */
  #blocks: FileSpan[] = [];
  #firsts: string[] = [];
  /** The block that was read last. */
  #read: { block: number; rows: string[] } | undefined;

  constructor(options: RowTableOptions = {}) {
    this.#rowsMax = options.rowsMax ?? linkRowsInMemoryMax;
    this.#charsMax = options.charsMax ?? linkRowCharsInMemoryMax;
  }

  /**
   * Adds a row, unless it is there. Nothing may be added once the table has been read.
   *
   * @param row Its fields, one byte a character as `keyOfName` makes them, none of them empty, separated by
   * U+0000.
   */
  add(row: string): void {
    const { size } = this.#rows;
    this.#rows.add(row);
    if (this.#rows.size === size) return;
    this.#chars += row.length;
    if (size + 1 >= this.#rowsMax || this.#chars >= this.#charsMax) this.#spill();
  }

  /**
   * Finds rows.
   *
   * @param prefix What they begin with.
   * @returns The rows, in byte order, each once. Another call may be made meanwhile.
   */
  *beginningWith(prefix: string): Generator<string> {
    this.#complete();
    if (this.#file === undefined) return yield* rowsFrom(this.#sorted!, prefix);
    let block = Math.max(0, firstAtLeast(this.#firsts, prefix) - 1);
    for (; block < this.#blocks.length && isAtMost(this.#firsts[block]!, prefix); block++) {
      yield* rowsFrom(this.#rowsOf(block), prefix);
    }
  }

  /** Takes the file away. */
  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]();
    this.#file = undefined;
  }

  #spill(): void {
    const file = this.#file ??= new TemporaryFile();
    this.#runs.push([...blocksOf([...this.#rows].sort())].map((block) => write(file, block)));
    this.#rows = new Set();
    this.#chars = 0;
  }

  #complete(): void {
    if (this.#sorted !== undefined) return;
    this.#sorted = [...this.#rows].sort();
    this.#rows.clear();
    const file = this.#file;
    if (file === undefined) return;
    const runs = this.#runs.map((blocks) => rowsIn(file, blocks));
    for (const block of blocksOf(merged([...runs, this.#sorted.values()]))) {
      this.#firsts.push(block[0]!);
      this.#blocks.push(write(file, block));
    }
    this.#sorted = [];
  }

  #rowsOf(block: number): string[] {
    if (this.#read?.block !== block) {
      this.#read = { block, rows: read(this.#file!, this.#blocks[block]!) };
    }
    return this.#read.rows;
  }
}

/** Rows in blocks of about the same size. */
function* blocksOf(rows: Iterable<string>): Generator<string[]> {
  let block: string[] = [];
  let chars = 0;
  for (const row of rows) {
    block.push(row);
    chars += row.length + rowEnd.length;
    if (chars < blockChars) continue;
    yield block;
    block = [];
    chars = 0;
  }
  if (block.length > 0) yield block;
}

function write(file: TemporaryFile, rows: readonly string[]): FileSpan {
  return file.append([Buffer.from(rows.join(rowEnd), "latin1")]);
}

function read(file: TemporaryFile, block: FileSpan): string[] {
  return Buffer.concat([...file.read(block)]).toString("latin1").split(rowEnd);
}

function* rowsIn(file: TemporaryFile, blocks: readonly FileSpan[]): Generator<string> {
  for (const block of blocks) yield* read(file, block);
}

/** Sorted rows of several sources in one order, each once. */
function* merged(sources: Iterator<string>[]): Generator<string> {
  const heads = sources.map((source) => source.next());
  while (true) {
    let least: string | undefined;
    for (const { value, done } of heads) {
      if (!done && (least === undefined || value < least)) least = value;
    }
    if (least === undefined) return;
    yield least;
    for (const [i, { value, done }] of heads.entries()) {
      if (!done && value === least) heads[i] = sources[i]!.next();
    }
  }
}

function* rowsFrom(rows: readonly string[], prefix: string): Generator<string> {
  for (let at = firstAtLeast(rows, prefix); at < rows.length; at++) {
    if (!rows[at]!.startsWith(prefix)) return;
    yield rows[at]!;
  }
}

/** Whether a row may be followed by rows that begin with a prefix. */
function isAtMost(row: string, prefix: string): boolean {
  return row < prefix || row.startsWith(prefix);
}

/** Index of the first row that is not below a text. */
function firstAtLeast(rows: readonly string[], text: string): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]! < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
