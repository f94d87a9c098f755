/**
 * Records of a few numbers that begin with a hash: each is kept once, sorted by the hash, and on the disk
 * where there are too many for memory.
 *
 * @module
 */

import { type FileSpan, TemporaryFile } from "../../slice/temporary_file.ts";

/** Numbers of a record that tell it from others: the hash, and one more. */
const keyWords = 4;

/** Bits of the number of a record in memory. */
const numberBits = 21;
const numberMask = 2 ** numberBits - 1;

/** Takes the records of a run: whole ones, ascending by their first number over all calls. */
export interface RecordRun {
  /** Adds records. */
  add(records: Uint32Array<ArrayBuffer>): void;
}

/** Records of 32-bit numbers. */
export class HashedRecords implements Disposable {
  readonly #words: number;
  readonly #keyWords: number;
  readonly #max: number;
  #records: Uint32Array<ArrayBuffer>;
  /**
   * Open addressing: numbers of records, counted from 1, below the highest bits of their hashes, which are not
   * those that the slot is found by: a record itself is looked at only where they are the same.
   */
  #table: Uint32Array<ArrayBuffer>;
  #length = 0;
  /** What was looked at, so that no compiler takes it for idle. */
  #seen = 0;
  #file: TemporaryFile | undefined;
  readonly #runs: FileSpan[] = [];

  /**
   * @param words How many numbers a record has.
   * @param isPaired Whether the fourth number tells records apart as well as the three of the hash.
   * @param recordsInMemoryMax Most records in memory: fewer than 2^21.
   */
  constructor(words: number, isPaired: boolean, recordsInMemoryMax: number) {
    this.#words = words;
    this.#keyWords = isPaired ? keyWords : keyWords - 1;
    this.#max = recordsInMemoryMax;
    const capacity = Math.min(1024, recordsInMemoryMax);
    this.#records = new Uint32Array(capacity * words);
    this.#table = new Uint32Array(tableSize(capacity));
  }

  /** How many records there are at most; fewer where some are on the disk more than once. */
  get size(): number {
    const bytes = this.#runs.reduce((sum, { start, end }) => sum + end - start, 0);
    return this.#length + bytes / (4 * this.#words);
  }

  /**
   * Adds a record, unless one with the same key is there.
   *
   * @param record What holds its numbers.
   * @param at Index of the first of them.
   */
  add(record: Uint32Array, at: number = 0): void {
    const mask = this.#table.length - 1;
    const hash = record[at]!;
    let slot = hash & mask;
    for (let found = this.#table[slot]!; found !== 0; found = this.#table[slot]!) {
      if (
        (hash ^ found) >>> numberBits === 0 &&
        this.#isSame(((found & numberMask) - 1) * this.#words, record, at)
      ) return;
      slot = (slot + 1) & mask;
    }
    if (this.#length === this.#max) {
      this.#spill();
      return this.add(record, at);
    }
    if ((this.#length + 1) * this.#words > this.#records.length) {
      this.#grow();
      return this.add(record, at);
    }
    // A call of set() takes as long as all else here.
    const first = this.#length * this.#words;
    for (let i = 0; i < this.#words; i++) this.#records[first + i] = record[at + i]!;
    this.#table[slot] = (hash & ~numberMask) | ++this.#length;
  }

  /**
   * Adds several records. Their slots and the records there are looked at first: so the processor waits for
   * memory once for all of them, and not for each.
   *
   * @param records Whole records, one after the other.
   */
  addAll(records: Uint32Array): void {
    const words = this.#words;
    const table = this.#table;
    const mask = table.length - 1;
    let seen = 0;
    for (let at = 0; at < records.length; at += words) seen ^= table[records[at]! & mask]!;
    for (let at = 0; at < records.length; at += words) {
      const hash = records[at]!;
      const found = table[hash & mask]!;
      const number = found & numberMask;
      if ((hash ^ found) >>> numberBits === 0 && number > 0) {
        seen ^= this.#records[(number - 1) * words]!;
      }
    }
    this.#seen = seen;
    for (let at = 0; at < records.length; at += words) this.add(records, at);
  }

  /** All records, in no order: numbers of whole records. */
  *chunks(): Generator<Uint32Array> {
    for (const run of this.#runs) yield* this.#read(run);
    yield this.#records.subarray(0, this.#length * this.#words);
  }

  /** All records, ascending by their first number. */
  groups(): RecordGroups {
    return new RecordGroups(this.#words, [
      ...this.#runs.map((span) => new Run(this.#words, this.#read(span))),
      new Run(this.#words, [this.#sorted()][Symbol.iterator]()),
    ]);
  }

  /**
   * Begins a run of records that others have sorted. No other record may be added until it is complete.
   *
   * @returns Takes its records.
   */
  newRun(): RecordRun {
    this.#file ??= new TemporaryFile();
    const index = this.#runs.length;
    return {
      add: (records) => {
        const { start, end } = this.#file!.append([
          new Uint8Array(records.buffer, records.byteOffset, records.byteLength),
        ]);
        this.#runs[index] = { start: this.#runs[index]?.start ?? start, end };
      },
    };
  }

  /** Takes the temporary file away. */
  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]();
  }

  #isSame(own: number, record: Uint32Array, at: number): boolean {
    for (let i = 0; i < this.#keyWords; i++) {
      if (this.#records[own + i] !== record[at + i]) return false;
    }
    return true;
  }

  #grow(): void {
    const capacity = Math.min(this.#max, 2 * this.#records.length / this.#words);
    const records = new Uint32Array(capacity * this.#words);
    records.set(this.#records);
    this.#records = records;
    this.#table = new Uint32Array(tableSize(capacity));
    const mask = this.#table.length - 1;
    for (let i = 0; i < this.#length; i++) {
      const hash = records[i * this.#words]!;
      let slot = hash & mask;
      while (this.#table[slot] !== 0) slot = (slot + 1) & mask;
      this.#table[slot] = (hash & ~numberMask) | (i + 1);
    }
  }

  #spill(): void {
    this.#file ??= new TemporaryFile();
    const { buffer } = this.#sorted();
    this.#runs.push(this.#file.append([new Uint8Array(buffer)]));
    this.#length = 0;
    this.#table.fill(0);
  }

  /** The records in memory, ascending by their first number. */
  #sorted(): Uint32Array<ArrayBuffer> {
    const words = this.#words;
    // The first number and the index of the record in one: below 2^53, and sorted without a comparison of ours.
    const keys = new Float64Array(this.#length);
    const indexes = 2 ** numberBits;
    for (let i = 0; i < this.#length; i++) keys[i] = this.#records[i * words]! * indexes + i;
    keys.sort();
    const sorted = new Uint32Array(this.#length * words);
    for (let i = 0; i < this.#length; i++) {
      const at = (keys[i]! % indexes) * words;
      for (let word = 0; word < words; word++) sorted[i * words + word] = this.#records[at + word]!;
    }
    return sorted;
  }

  /** Numbers of a run, in chunks of whole records. */
  *#read({ start, end }: FileSpan): Generator<Uint32Array<ArrayBuffer>> {
    const bytes = 4 * this.#words * 4096;
    for (let at = start; at < end; at += bytes) {
      const span = { start: at, end: Math.min(at + bytes, end) };
      const [chunk] = this.#file!.read(span);
      yield new Uint32Array(chunk!.buffer);
    }
  }
}

/** Records on their way through a merge. */
export class RecordGroups {
  readonly #words: number;
  readonly #runs: Run[];
  #group: Uint32Array<ArrayBuffer>;

  constructor(words: number, runs: readonly Run[]) {
    this.#words = words;
    this.#runs = runs.filter((run) => run.next());
    this.#group = new Uint32Array(16 * words);
  }

  /**
   * Goes on to the next records with the same first number.
   *
   * @param from The lowest first number that is asked for.
   * @returns Numbers of whole records; `undefined` after the last. A record with the same key may come once for
   * each time it was put on the disk, the one that was added first at the end; the array is used again.
   */
  next(from: number = 0): Uint32Array | undefined {
    const runs = this.#runs;
    let lowest = Infinity;
    for (let i = runs.length - 1; i >= 0; i--) {
      if (!runs[i]!.skipTo(from)) runs.splice(i, 1);
      else if (runs[i]!.first < lowest) lowest = runs[i]!.first;
    }
    if (runs.length === 0) return undefined;
    let length = 0;
    for (let i = runs.length - 1; i >= 0; i--) {
      const run = runs[i]!;
      let isThere = true;
      while (isThere && run.first === lowest) {
        run.copyTo(this.#room(length + this.#words), length);
        length += this.#words;
        isThere = run.next();
      }
      if (!isThere) runs.splice(i, 1);
    }
    return this.#group.subarray(0, length);
  }

  /**
   * Takes the next groups, as many as a message to another thread may hold.
   *
   * @param max Most numbers of them, more or less.
   * @returns Numbers of whole records, in memory of their own; none after the last.
   */
  take(max: number): Uint32Array<ArrayBuffer> {
    const numbers: number[] = [];
    while (numbers.length < max) {
      const group = this.next();
      if (group === undefined) break;
      for (const number of group) numbers.push(number);
    }
    return Uint32Array.from(numbers);
  }

  #room(length: number): Uint32Array {
    if (length > this.#group.length) {
      const larger = new Uint32Array(2 * this.#group.length);
      larger.set(this.#group);
      this.#group = larger;
    }
    return this.#group;
  }
}

/** A sorted run on its way through a merge. */
class Run {
  /** The first number of the record. */
  first = 0;
  readonly #words: number;
  readonly #chunks: Iterator<Uint32Array>;
  #chunk: Uint32Array = new Uint32Array(0);
  #at = 0;

  constructor(words: number, chunks: Iterator<Uint32Array>) {
    this.#words = words;
    this.#chunks = chunks;
    this.#at = -words;
  }

  /** Goes on to the next record; whether there is one. */
  next(): boolean {
    return this.#advance(0);
  }

  /** Goes on to a record whose first number is not below one, unless it is at such a one; whether there is one. */
  skipTo(first: number): boolean {
    return this.first >= first || this.#advance(first);
  }

  #advance(first: number): boolean {
    const words = this.#words;
    for (let at = this.#at + words;;) {
      const chunk = this.#chunk;
      while (at < chunk.length && chunk[at]! < first) at += words;
      if (at < chunk.length) {
        this.#at = at;
        this.first = chunk[at]!;
        return true;
      }
      const { value, done } = this.#chunks.next();
      if (done) return false;
      this.#chunk = value;
      at = 0;
    }
  }

  copyTo(target: Uint32Array, at: number): void {
    for (let word = 0; word < this.#words; word++) {
      target[at + word] = this.#chunk[this.#at + word]!;
    }
  }
}

/** A power of two with room for twice as many. */
function tableSize(capacity: number): number {
  return 2 ** Math.ceil(Math.log2(capacity * 2));
}
