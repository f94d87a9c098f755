/**
 * What is known of each stream: in memory while there are few, in sorted runs on disk beyond that.
 *
 * The runs are merged when the table is read: an external sort that adds equal keys up, as in Knuth,
 * The Art of Computer Programming, volume 3, section 5.4.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { nameOfKey } from "../../record/line_head.ts";
import { batchRecordsMax, nameBytesMax } from "../../limits.ts";
import { sliceNameBytesMax, sliceStreamsInMemoryMax } from "../limits.ts";
import { TimeSlice } from "../../tick.ts";
import { sortedInSlices } from "../sorted_texts.ts";
import { encodeLines, type FileSpan, TemporaryFile } from "../temporary_file.ts";

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

/** Capacity of a table at first, in rows. */
const rowsMin = 1024;

/**
 * Gathers what is known of each stream.
 *
 * The rows in memory are numbers beside each other, and their names bytes one after the other, found by a hash table
 * with open addressing (Knuth, volume 3, section 6.4): no string is made of an event's stream, and nothing is left
 * for the garbage collector.
 */
export class StreamTable implements Disposable {
  readonly #inMemoryMax: number;
  readonly #runs: FileSpan[] = [];
  /** How many rows have been begun, also those that are on disk by now. */
  #begun = 0;
  #rows = 0;
  /** Numbers of rows from 1 on, by the hash of their names; 0 for none. */
  #slots = new Int32Array(2 * rowsMin);
  #names: Buffer = Buffer.alloc(16 * rowsMin);
  /** Where each row's name ends; it begins where that of the row before ends. */
  #ends = new Int32Array(rowsMin + 1);
  #hashes = new Int32Array(rowsMin);
  /** From, to and events of each row. */
  #numbers = new Float64Array(3 * rowsMin);
  #descends = new Uint8Array(rowsMin);
  #scratch = new Uint8Array(256);
  /** The rows in memory in the order of their names, where they have been sorted. */
  #order: Int32Array | undefined;
  #file: TemporaryFile | undefined;

  /** @param inMemoryMax Most streams in memory. */
  constructor(inMemoryMax: number = sliceStreamsInMemoryMax) {
    this.#inMemoryMax = inMemoryMax;
  }

  /** How many rows have been begun: it grows with an event whose stream is not in memory. */
  get begun(): number {
    return this.#begun;
  }

  /**
   * Adds an event.
   *
   * @param key The key of its stream's name, as `LineHead.streamKey` has it.
   * @param position Its position in the stream.
   */
  add(key: string, position: number): void {
    if (key.length > this.#scratch.length) this.#scratch = new Uint8Array(2 * key.length);
    const bytes = this.#scratch;
    // For a short text faster than a call that does it.
    for (let i = 0; i < key.length; i++) bytes[i] = key.charCodeAt(i);
    this.addNamed(bytes, 0, key.length, position);
  }

  /**
   * Adds an event by the bytes of its stream's name.
   *
   * @param bytes What holds the name, in UTF-8.
   * @param start Index of its first byte.
   * @param end Index after its last byte.
   * @param position The event's position in the stream.
   * @returns The number of the stream's row, below `sliceStreamsInMemoryMax`; another stream's once `begun` has grown.
   */
  addNamed(bytes: Uint8Array, start: number, end: number, position: number): number {
    const hash = hashOf(bytes, start, end);
    let slot = hash & this.#slots.length - 1;
    for (let row; (row = this.#slots[slot]! - 1) >= 0; slot = slot + 1 & this.#slots.length - 1) {
      if (this.#hashes[row] !== hash || !this.#isNamed(row, bytes, start, end)) continue;
      this.#addTo(row, position);
      return row;
    }
    return this.#begin(bytes, start, end, hash, position);
  }

  /** Sorts the rows in memory, in slices of time: to read them takes no long step then. */
  async sort(): Promise<void> {
    const slice = new TimeSlice();
    const rows = new Map<string, number>();
    for (let row = 0; row < this.#rows; row++) {
      rows.set(this.#nameOf(row), row);
      if (slice.isOver) await slice.next();
    }
    const order = new Int32Array(this.#rows);
    let at = 0;
    for (const name of await sortedInSlices(rows.keys(), slice)) {
      order[at++] = rows.get(name)!;
      if (slice.isOver) await slice.next();
    }
    this.#order = order;
  }

  /** Makes room for a batch of events, in slices of time: else one of them may have to sort and write all rows. */
  async makeRoom(): Promise<void> {
    const rows = this.#rows + batchRecordsMax;
    const nameBytes = this.#ends[this.#rows]! + batchRecordsMax * nameBytesMax;
    if (this.#rows === 0 || (rows <= this.#inMemoryMax && nameBytes <= sliceNameBytesMax)) return;
    await this.sort();
    const slice = new TimeSlice();
    const file = this.#file ??= new TemporaryFile();
    let run: FileSpan | undefined;
    for (const chunk of encodeLines(linesOf(this.#sorted()))) {
      const { start, end } = file.append([chunk]);
      run = { start: run?.start ?? start, end };
      if (slice.isOver) await slice.next();
    }
    if (run !== undefined) this.#runs.push(run);
    this.#clear();
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
    // Without a file nothing has to be sorted for it.
    if (this.#file === undefined && !this.#descends.includes(1)) return;
    for (const row of this.#merged()) if (row[4] === 1) yield row[0];
  }

  /** Takes the file away. */
  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]();
    this.#file = undefined;
  }

  #isNamed(row: number, bytes: Uint8Array, start: number, end: number): boolean {
    const at = this.#ends[row]!;
    const length = end - start;
    if (this.#ends[row + 1]! - at !== length) return false;
    const names = this.#names;
    for (let i = 0; i < length; i++) if (names[at + i] !== bytes[start + i]) return false;
    return true;
  }

  #addTo(row: number, position: number): void {
    const numbers = this.#numbers;
    const at = 3 * row;
    numbers[at + 2]!++;
    if (position > numbers[at + 1]!) numbers[at + 1] = position;
    else {
      this.#descends[row] = 1;
      if (position < numbers[at]!) numbers[at] = position;
    }
  }

  #begin(
    bytes: Uint8Array,
    start: number,
    end: number,
    hash: number,
    position: number,
  ): number {
    const nameBytes = this.#ends[this.#rows]! + end - start;
    if (this.#rows > 0 && (this.#rows >= this.#inMemoryMax || nameBytes > sliceNameBytesMax)) {
      this.#spill();
    }
    const row = this.#rows++;
    this.#begun++;
    this.#order = undefined;
    const at = this.#ends[row]!;
    this.#ensureCapacity(at + end - start);
    this.#names.set(bytes.subarray(start, end), at);
    this.#ends[row + 1] = at + end - start;
    this.#hashes[row] = hash;
    this.#numbers.set([position, position, 1], 3 * row);
    this.#descends[row] = 0;
    this.#put(row);
    return row;
  }

  #put(row: number): void {
    const slots = this.#slots;
    let slot = this.#hashes[row]! & slots.length - 1;
    while (slots[slot] !== 0) slot = slot + 1 & slots.length - 1;
    slots[slot] = row + 1;
  }

  /** Doubles what is full. Half of the slots stay free, so that few have to be looked at. */
  #ensureCapacity(nameBytes: number): void {
    if (nameBytes > this.#names.length) {
      const names = Buffer.alloc(Math.max(nameBytes, 2 * this.#names.length));
      names.set(this.#names);
      this.#names = names;
    }
    const rows = this.#hashes.length;
    if (this.#rows <= rows) return;
    this.#ends = grown(this.#ends, new Int32Array(2 * rows + 1));
    this.#hashes = grown(this.#hashes, new Int32Array(2 * rows));
    this.#numbers = grown(this.#numbers, new Float64Array(6 * rows));
    this.#descends = grown(this.#descends, new Uint8Array(2 * rows));
    this.#slots = new Int32Array(4 * rows);
    for (let row = 0; row < rows; row++) this.#put(row);
  }

  /** The rows in memory, in the byte order of their names. */
  *#sorted(): Generator<Row> {
    const order = this.#order;
    if (order !== undefined) {
      for (const row of order) yield this.#rowAt(row, this.#nameOf(row));
      return;
    }
    const rows = new Map<string, number>();
    for (let row = 0; row < this.#rows; row++) rows.set(this.#nameOf(row), row);
    // Sorting the keys alone needs no function, and is several times as fast.
    for (const key of [...rows.keys()].sort()) yield this.#rowAt(rows.get(key)!, key);
  }

  #nameOf(row: number): string {
    return this.#names.toString("latin1", this.#ends[row], this.#ends[row + 1]);
  }

  #rowAt(row: number, key: string): Row {
    const numbers = this.#numbers;
    const at = 3 * row;
    const descends = this.#descends[row] === 1 ? 1 : 0;
    return [key, numbers[at]!, numbers[at + 1]!, numbers[at + 2]!, descends];
  }

  #spill(): void {
    this.#file ??= new TemporaryFile();
    // Keys are one byte a character, and JSON leaves those from 0x20 on as they are.
    this.#runs.push(this.#file.append(encodeLines(linesOf(this.#sorted()))));
    this.#clear();
  }

  #clear(): void {
    this.#rows = 0;
    this.#order = undefined;
    this.#slots.fill(0);
  }

  *#merged(): Generator<Row> {
    const file = this.#file;
    if (file === undefined) return yield* this.#sorted();
    // In the order in which they came, so that it shows where positions go back between two of them.
    const sources: Iterator<Row>[] = [];
    if (file !== undefined) { for (const run of this.#runs) sources.push(rowsOf(file, run)); }
    sources.push(this.#sorted());
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

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  // Names differ in their last bytes, which so reach the low bits.
  hash = Math.imul(hash ^ hash >>> 15, 0x85ebca6b);
  return hash ^ hash >>> 13;
}

function grown<T extends Int32Array | Float64Array | Uint8Array>(small: T, large: T): T {
  large.set(small);
  return large;
}

function* linesOf(rows: Iterable<Row>): Generator<string> {
  for (const row of rows) yield JSON.stringify(row);
}

function* rowsOf(file: TemporaryFile, run: FileSpan): Generator<Row> {
  for (const line of file.readLines(run)) yield JSON.parse(line);
}
