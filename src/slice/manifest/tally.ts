/**
 * What is counted of a file's events while they go by, for its manifest.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { bufferOf, type EventHead, keyOfBytes, nameOfKey } from "../../record/line_head.ts";
import { categoryOf } from "../../stream_name.ts";
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
  /** What is known of each category, by the key of its name and by the row of a stream. */
  readonly #categories = new Map<string, CategoryTally>();
  readonly #categoryOfRow: CategoryTally[] = [];

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
  addEvent({ streamBytes, streamStart, streamEnd, position, globalPosition }: EventHead): void {
    this.add(streamBytes, streamStart, streamEnd, position, globalPosition);
  }

  /**
   * Adds an event.
   *
   * @param bytes What holds its stream's name.
   * @param start Index of the name's first byte.
   * @param end Index after its last byte.
   * @param position Its position in the stream.
   * @param globalPosition Its global position.
   */
  add(
    bytes: Uint8Array,
    start: number,
    end: number,
    position: number,
    globalPosition: number,
  ): void {
    this.events++;
    this.first ??= globalPosition;
    this.last = globalPosition;
    if (globalPosition > this.highest) this.highest = globalPosition;
    if (globalPosition < this.lowest) this.lowest = globalPosition;
    const streams = this.#streams;
    const { begun } = streams;
    const row = streams.addNamed(bytes, start, end, position);
    if (streams.begun !== begun) {
      this.#categoryOfRow[row] = this.#categoryOf(
        keyOfBytes(bufferOf(bytes), start, end),
        globalPosition,
      );
    }
    const category = this.#categoryOfRow[row]!;
    category.events++;
    category.last = globalPosition;
  }

  #categoryOf(streamKey: string, globalPosition: number): CategoryTally {
    const key = categoryOf(streamKey);
    let found = this.#categories.get(key);
    if (found === undefined) {
      const none = { events: 0, streams: 0, first: globalPosition, last: globalPosition };
      this.#categories.set(key, found = { category: nameOfKey(key), ...none });
    }
    return found;
  }

  /** Makes room for a batch of events, so that none of them takes long. Others have their tick meanwhile. */
  makeRoom(): Promise<void> {
    return this.#streams.makeRoom();
  }

  /** Sorts the streams, so that to read them takes no long step. Others have their tick meanwhile. */
  sort(): Promise<void> {
    return this.#streams.sort();
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

  /** What is known of each category, by name; its streams as far as `streams` was called. */
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
