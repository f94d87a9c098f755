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
   * @param record Its numbers.
   */
  add(record: Uint32Array): void {
    const mask = this.#table.length - 1;
    let slot = record[0]! & mask;
    const hash = record[0]!;
    for (let found = this.#table[slot]!; found !== 0; found = this.#table[slot]!) {
      if (
        (hash ^ found) >>> numberBits === 0 &&
        this.#isSame(((found & numberMask) - 1) * this.#words, record)
      ) return;
      slot = (slot + 1) & mask;
    }
    if (this.#length === this.#max) {
      this.#spill();
      return this.add(record);
    }
    if ((this.#length + 1) * this.#words > this.#records.length) {
      this.#grow();
      return this.add(record);
    }
    // A call of set() takes as long as all else here.
    const first = this.#length * this.#words;
    for (let i = 0; i < this.#words; i++) this.#records[first + i] = record[i]!;
    this.#table[slot] = (hash & ~numberMask) | ++this.#length;
  }

  /**
   * Reads all records.
   *
   * @returns Those with the same first number together, ascending by it: numbers of whole records. The same
   * record may come once for each time it was put on the disk; the array is used again.
   */
  *groups(): Generator<Uint32Array> {
    const runs = [
      ...this.#runs.map((span) => new Run(this.#words, this.#read(span))),
      new Run(this.#words, [this.#sorted()][Symbol.iterator]()),
    ].filter((run) => run.next());
    let group = new Uint32Array(16 * this.#words);
    while (runs.length > 0) {
      let lowest = runs[0]!.first;
      for (let i = 1; i < runs.length; i++) if (runs[i]!.first < lowest) lowest = runs[i]!.first;
      let length = 0;
      for (let i = runs.length - 1; i >= 0; i--) {
        const run = runs[i]!;
        let isThere = true;
        while (isThere && run.first === lowest) {
          if (length + this.#words > group.length) {
            const larger = new Uint32Array(group.length * 2);
            larger.set(group);
            group = larger;
          }
          run.copyTo(group, length);
          length += this.#words;
          isThere = run.next();
        }
        if (!isThere) runs.splice(i, 1);
      }
      yield group.subarray(0, length);
    }
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

  #isSame(at: number, record: Uint32Array): boolean {
    for (let i = 0; i < this.#keyWords; i++) {
      if (this.#records[at + i] !== record[i]) return false;
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
    this.#at += this.#words;
    while (this.#at >= this.#chunk.length) {
      const { value, done } = this.#chunks.next();
      if (done) return false;
      this.#chunk = value;
      this.#at = 0;
    }
    this.first = this.#chunk[this.#at]!;
    return true;
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
