/**
 * Finds streams that would become one: e-mail addresses are compared without case, so names that differ only in
 * the case of one have the same pseudonym.
 *
 * The first names are compared as they come. Of all, keyed hashes are kept, on the disk where they are many, and
 * compared once there are no more events.
 *
 * @module
 */

import { comparedCategoriesMax, comparedStreamHashesMax, comparedStreamsMax } from "../limits.ts";
import { HashedRecords, type RecordGroups } from "../residual/hashed_records.ts";
import { randomSeeds, TextHash } from "../residual/text_hash.ts";

/** Numbers of a record: the hash of the masked name in three, that of the name, and the category's number. */
const words = 5;

/** Streams that were added: records, and the names of their categories by their numbers. */
export interface AddedStreams {
  readonly records: Uint32Array<ArrayBuffer>;
  readonly categories: readonly string[];
}

/** Compares the names of streams. */
export class MergedStreams implements Disposable {
  readonly #namesMax: number;
  /** The name behind each masked name. */
  readonly #names = new Map<string, string>();
  readonly #records: HashedRecords;
  readonly #record = new Uint32Array(words);
  readonly #hash: TextHash;
  readonly #categories: string[] = [];
  readonly #categoryNumbers = new Map<string, number>();
  #groups: RecordGroups | undefined;

  /**
   * @param seeds What names are hashed with: the same three random numbers wherever streams are compared.
   * @param namesMax Most names that are compared as they come.
   * @param hashesMax Most hashes in memory.
   */
  constructor(
    seeds: Int32Array = randomSeeds(),
    namesMax: number = comparedStreamsMax,
    hashesMax: number = comparedStreamHashesMax,
  ) {
    this.#hash = new TextHash(seeds);
    this.#namesMax = namesMax;
    this.#records = new HashedRecords(words, true, hashesMax);
  }

  /**
   * Adds a stream.
   *
   * @param masked Its masked name.
   * @returns Whether another stream is already known to have the same masked name.
   */
  add(masked: string, name: string, category: string): boolean {
    const other = this.#names.get(masked);
    if (other !== undefined) return other !== name;
    if (this.#names.size < this.#namesMax) this.#names.set(masked, name);
    this.#addRecord(masked, name, category);
    return false;
  }

  /**
   * The next of the streams, once all have been added.
   *
   * @param max Most numbers of their records, more or less.
   * @returns The streams, ascending by the first number of each over all calls; no record at the end.
   */
  next(max: number): AddedStreams {
    this.#groups ??= this.#records.groups();
    return { records: this.#groups.take(max), categories: this.#categories };
  }

  /**
   * Begins the streams that were added elsewhere.
   *
   * @returns Takes them, as {@linkcode next} gives them. No other stream may be added until all were taken.
   */
  streamsOfOthers(): (streams: AddedStreams) => void {
    const run = this.#records.newRun();
    return ({ records, categories }) => {
      for (let at = words - 1; at < records.length; at += words) {
        records[at] = this.#numberOf(categories[records[at]!]!);
      }
      run.add(records);
    };
  }

  /**
   * Compares all that were added.
   *
   * @returns The category of two streams with the same masked name; `undefined` for none.
   */
  find(): string | undefined {
    const groups = this.#records.groups();
    for (let group = groups.next(); group !== undefined; group = groups.next()) {
      for (let at = 0; at < group.length; at += words) {
        for (let other = 0; other < at; other += words) {
          const isSame = group[at + 1] === group[other + 1] && group[at + 2] === group[other + 2];
          if (isSame && group[at + 3] !== group[other + 3]) return this.#categories[group[at + 4]!];
        }
      }
    }
    return undefined;
  }

  /** Takes the temporary file away. */
  [Symbol.dispose](): void {
    this.#records[Symbol.dispose]();
  }

  #addRecord(masked: string, name: string, category: string): void {
    const record = this.#record;
    this.#take(name);
    record[3] = this.#hash.a;
    this.#take(masked);
    record[0] = this.#hash.a;
    record[1] = this.#hash.b;
    record[2] = this.#hash.c;
    record[4] = this.#numberOf(category);
    this.#records.add(record);
  }

  #take(text: string): void {
    this.#hash.begin();
    for (let i = 0; i < text.length; i++) this.#hash.add(text.charCodeAt(i));
    this.#hash.take();
  }

  #numberOf(category: string): number {
    let number = this.#categoryNumbers.get(category);
    if (number === undefined) {
      // Of more categories than are worth their names, the first stands for all.
      if (this.#categories.length === comparedCategoriesMax) return 0;
      number = this.#categories.push(category) - 1;
      this.#categoryNumbers.set(category, number);
    }
    return number;
  }
}
