/**
 * What is known of each stream: in memory while there are few, in sorted runs on disk beyond that.
 *
 * The runs are merged when the table is read: an external sort that adds equal keys up, as in Knuth,
 * The Art of Computer Programming, volume 3, section 5.4.
 *
 * @module
 */

import { nameOfKey } from "../record/line_head.ts";
import { sliceStreamsInMemoryMax } from "../limits.ts";
import { encodeLines, type FileSpan, TemporaryFile } from "./temporary_file.ts";

/** What is known of a stream. */
export interface StreamTally {
  /** Its name. */
  stream: string;
  /** Lowest position. */
  from: number;
  /** Highest position. */
  to: number;
  /** How many events. */
  events: number;
}

/** The same, by the key of its name, and 1 where a position is not above all before it. */
type Row = [key: string, from: number, to: number, events: number, descends: 0 | 1];

/** Gathers what is known of each stream. */
export class StreamTable implements Disposable {
  readonly #inMemoryMax: number;
  readonly #runs: FileSpan[] = [];
  #rows = new Map<string, Row>();
  #file: TemporaryFile | undefined;

  /** @param inMemoryMax Most streams in memory. */
  constructor(inMemoryMax: number = sliceStreamsInMemoryMax) {
    this.#inMemoryMax = inMemoryMax;
  }

  /**
   * Adds an event.
   *
   * @param key The key of its stream's name, as `LineHead.streamKey` has it.
   * @param position Its position in the stream.
   */
  add(key: string, position: number): void {
    const row = this.#rows.get(key);
    if (row === undefined) {
      if (this.#rows.size >= this.#inMemoryMax) this.#spill();
      this.#rows.set(key, [key, position, position, 1, 0]);
      return;
    }
    row[3]++;
    if (position > row[2]) {
      row[2] = position;
      return;
    }
    row[4] = 1;
    if (position < row[1]) row[1] = position;
  }

  /**
   * Reads the table. Nothing may be added while it is read.
   *
   * @returns The streams, in the byte order of their names.
   */
  *read(): Generator<StreamTally> {
    for (const [key, from, to, events] of this.#merged()) {
      yield { stream: nameOfKey(key), from, to, events };
    }
  }

  /**
   * Finds the streams whose positions do not ascend.
   *
   * @returns The keys of their names.
   */
  *descending(): Generator<string> {
    for (const row of this.#merged()) if (row[4] === 1) yield row[0];
  }

  /** Takes the file away. */
  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]();
    this.#file = undefined;
  }

  #sorted(): Row[] {
    // Sorting the keys alone needs no function, and is several times as fast.
    return [...this.#rows.keys()].sort().map((key) => this.#rows.get(key)!);
  }

  #spill(): void {
    this.#file ??= new TemporaryFile();
    // Keys are one byte a character, and JSON leaves those from 0x20 on as they are.
    this.#runs.push(this.#file.append(encodeLines(linesOf(this.#sorted()))));
    this.#rows = new Map();
  }

  *#merged(): Generator<Row> {
    const file = this.#file;
    if (file === undefined) return yield* this.#sorted();
    // In the order in which they came, so that it shows where positions go back between two of them.
    const sources: Iterator<Row>[] = [];
    if (file !== undefined) { for (const run of this.#runs) sources.push(rowsOf(file, run)); }
    sources.push(this.#sorted().values());
    const heads = sources.map((source) => ({ source, next: source.next() }));
    while (true) {
      let least: string | undefined;
      for (const { next: { value, done } } of heads) {
        if (!done && (least === undefined || value[0] < least)) least = value[0];
      }
      if (least === undefined) return;
      let sum: Row | undefined;
      for (const head of heads) {
        const { value, done } = head.next;
        if (done || value[0] !== least) continue;
        sum = sum === undefined ? value : added(sum, value);
        head.next = head.source.next();
      }
      yield sum!;
    }
  }
}

function added([key, from, to, events, descends]: Row, later: Row): Row {
  const goesBack = later[1] <= to ? 1 : later[4];
  return [
    key,
    Math.min(from, later[1]),
    Math.max(to, later[2]),
    events + later[3],
    descends === 1 ? 1 : goesBack,
  ];
}

function* linesOf(rows: readonly Row[]): Generator<string> {
  for (const row of rows) yield JSON.stringify(row);
}

function* rowsOf(file: TemporaryFile, run: FileSpan): Generator<Row> {
  for (const line of file.readLines(run)) yield JSON.parse(line);
}
