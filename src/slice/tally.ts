/**
 * What is counted of a file's events while they go by, for its manifest.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { type LineHead, nameOfKey } from "../record/line_head.ts";
import { StreamTable, type StreamTally } from "./stream_table.ts";

/** What is known of a category. */
export interface CategoryTally {
  /** Its name. */
  category: string;
  /** How many events. */
  events: number;
  /** How many streams. */
  streams: number;
  /** Global position of the first event. */
  first: number;
  /** Global position of the last event. */
  last: number;
}

/** Counts events. */
export class Tally implements Disposable {
  /** How many events. */
  events = 0;
  /** Bytes of their lines. */
  bytes = 0;
  /** Global position of the first; `null` for none. */
  first: number | null = null;
  /** Global position of the last; `null` for none. */
  last: number | null = null;
  /** The lowest global position; `Infinity` for none. */
  lowest = Infinity;
  /** The highest global position; −1 for none. */
  highest = -1;
  readonly #hash = createHash("sha256");
  readonly #streams: StreamTable;
  readonly #categories = new Map<string, CategoryTally>();

  /** @param streamsInMemoryMax Most streams in memory. */
  constructor(streamsInMemoryMax?: number) {
    this.#streams = new StreamTable(streamsInMemoryMax);
  }

  /** Adds bytes of the file. @param bytes The bytes. */
  addBytes(bytes: Uint8Array): void {
    this.bytes += bytes.length;
    this.#hash.update(bytes);
  }

  /** Adds an event. @param head The beginning of its line. */
  addEvent({ streamKey, position, globalPosition }: LineHead): void {
    this.add(streamKey, position, globalPosition);
  }

  /**
   * Adds an event.
   *
   * @param streamKey The key of its stream's name.
   * @param position Its position in the stream.
   * @param globalPosition Its global position.
   */
  add(streamKey: string, position: number, globalPosition: number): void {
    this.events++;
    this.first ??= globalPosition;
    this.last = globalPosition;
    if (globalPosition > this.highest) this.highest = globalPosition;
    if (globalPosition < this.lowest) this.lowest = globalPosition;
    this.#streams.add(streamKey, position);
    const hyphen = streamKey.indexOf("-");
    const key = hyphen < 0 ? streamKey : streamKey.slice(0, hyphen);
    const category = this.#categories.get(key);
    if (category !== undefined) {
      category.events++;
      category.last = globalPosition;
    } else {
      const only = { events: 1, streams: 0, first: globalPosition, last: globalPosition };
      this.#categories.set(key, { category: nameOfKey(key), ...only });
    }
  }

  /** SHA-256 of the bytes, in hex. Nothing can be added after it. */
  sha256(): string {
    return this.#hash.digest("hex");
  }

  /**
   * Reads what is known of each stream, and counts the streams of each category with it.
   *
   * @returns The streams, in the byte order of their names.
   */
  streams(): Generator<StreamTally> {
    return this.#streams.read();
  }

  /** Streams whose positions do not ascend: the keys of their names. */
  descending(): Generator<string> {
    return this.#streams.descending();
  }

  /** What is known of each category, by name; its streams as far as `streams` has been told. */
  categories(streams: ReadonlyMap<string, number>): CategoryTally[] {
    const all = [...this.#categories.values()];
    for (const each of all) each.streams = streams.get(each.category) ?? 0;
    return all.sort((a, b) => a.category < b.category ? -1 : 1);
  }

  /** Takes the temporary file away. */
  [Symbol.dispose](): void {
    this.#streams[Symbol.dispose]();
  }
}
