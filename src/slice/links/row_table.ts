/**
 * Rows on disk that are looked up by their beginning.
 *
 * They come in sorted runs, which are merged before the table is read, as in Knuth, The Art of Computer
 * Programming, volume 3, section 5.4. Of the merged rows the first of each block stays in memory, so that a
 * look-up reads one block. Rows are many, so they are added and merged in slices of time.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { TimeSlice } from "../../tick.ts";
import { merged } from "../sorted_texts.ts";
import { type FileSpan, TemporaryFile } from "../temporary_file.ts";

/** Characters of a block, but for its last row. */
const blockChars = 32 * 1024;

/** Two of what separates the fields of a row, which are never empty, separate two rows. */
const rowEnd = "\0\0";

type Parts = Iterable<Iterable<string>> | AsyncIterable<Iterable<string>>;

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
   * Adds rows. Nothing may be added once the table has been merged.
   *
   * @param parts The rows in byte order, part after part: fields of one byte a character as `keyOfName` makes
   * them, none of them empty, separated by U+0000.
   */
  async addRun(parts: Parts): Promise<void> {
    const run: FileSpan[] = [];
    await inBlocks(parts, (block) => run.push(this.#write(block)));
    this.#runs.push(run);
  }

  /** Merges what was added, so that rows can be found. */
  async merge(): Promise<void> {
    if (this.#runs.length === 0) return;
    const runs = this.#runs.map((blocks) => this.#rowsIn(blocks));
    this.#runs = [];
    await inBlocks([merged(runs)], (block) => {
      this.#firsts.push(block[0]!);
      this.#blocks.push(this.#write(block));
    });
  }

  /**
   * Finds rows. What was added must have been merged.
   *
   * @param prefix What they begin with.
   * @returns The rows, in byte order, each once. Another call may be made meanwhile.
   */
  *beginningWith(prefix: string): Generator<string> {
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

/** Hands rows on in blocks of about the same size. Others have their tick between two of them. */
async function inBlocks(parts: Parts, take: (block: string[]) => void): Promise<void> {
  const slice = new TimeSlice();
  let block: string[] = [];
  let chars = 0;
  for await (const rows of parts) {
    for (const row of rows) {
      block.push(row);
      chars += row.length + rowEnd.length;
      if (chars < blockChars) continue;
      take(block);
      block = [];
      chars = 0;
      if (slice.isOver) await slice.next();
    }
  }
  if (block.length > 0) take(block);
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
