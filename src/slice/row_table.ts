/**
 * Rows on disk that are looked up by their beginning.
 *
 * They come in sorted runs, which are merged when the table is first read, as in Knuth, The Art of Computer
 * Programming, volume 3, section 5.4. Of the merged rows the first of each block stays in memory, so that a
 * look-up reads one block.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { type FileSpan, TemporaryFile } from "./temporary_file.ts";

/** Characters of a block, but for its last row. */
const blockChars = 32 * 1024;

/** Two of what separates the fields of a row, which are never empty, separate two rows. */
const rowEnd = "\0\0";

/** A set of rows. */
export class RowTable implements Disposable {
  readonly #file = new TemporaryFile();
  /** The blocks of each run, until they have been merged. */
  #runs: FileSpan[][] = [];
  /** The blocks of the merged rows. */
  readonly #blocks: FileSpan[] = [];
  /** The first row of each block. */
  readonly #firsts: string[] = [];
  /** The block that was read last. */
  #read: { block: number; rows: string[] } | undefined;

  /**
   * Adds rows. Nothing may be added once the table has been read.
   *
   * @param rows The rows in byte order: fields of one byte a character as `keyOfName` makes them, none of
   * them empty, separated by U+0000.
   */
  addRun(rows: Iterable<string>): void {
    this.#runs.push(Array.from(blocksOf(rows), (block) => this.#write(block)));
  }

  /**
   * Finds rows.
   *
   * @param prefix What they begin with.
   * @returns The rows, in byte order, each once. Another call may be made meanwhile.
   */
  *beginningWith(prefix: string): Generator<string> {
    if (this.#runs.length > 0) this.#merge();
    let block = Math.max(0, firstAtLeast(this.#firsts, prefix) - 1);
    for (; block < this.#blocks.length && isAtMost(this.#firsts[block]!, prefix); block++) {
      const rows = this.#rowsOf(block);
      for (let at = firstAtLeast(rows, prefix); at < rows.length; at++) {
        if (!rows[at]!.startsWith(prefix)) return;
        yield rows[at]!;
      }
    }
  }

  /** Takes the file away. */
  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }

  #merge(): void {
    const runs = this.#runs.map((blocks) => this.#rowsIn(blocks));
    this.#runs = [];
    for (const block of blocksOf(merged(runs))) {
      this.#firsts.push(block[0]!);
      this.#blocks.push(this.#write(block));
    }
  }

  #rowsOf(block: number): string[] {
    if (this.#read?.block !== block) {
      this.#read = { block, rows: this.#rowsAt(this.#blocks[block]!) };
    }
    return this.#read.rows;
  }

  *#rowsIn(blocks: readonly FileSpan[]): Generator<string> {
    for (const block of blocks) yield* this.#rowsAt(block);
  }

  #rowsAt(block: FileSpan): string[] {
    return Buffer.concat([...this.#file.read(block)]).toString("latin1").split(rowEnd);
  }

  #write(rows: readonly string[]): FileSpan {
    return this.#file.append([Buffer.from(rows.join(rowEnd), "latin1")]);
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
