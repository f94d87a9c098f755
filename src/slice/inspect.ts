/**
 * What a file of events holds: an overview for whoever is about to use it.
 *
 * @module
 */

import { inspectTypesMax, largestStreamsMax, silencesMax } from "../limits.ts";
import { bufferOf, keyOfBytes, keyOfName, nameOfKey } from "../record/line_head.ts";
import { packedBatches } from "../record/packed_batches.ts";
import { Packed, packedNumbers, type PackedRecords } from "../record/packed_records.ts";
import { categoryOf } from "../stream_name.ts";
import { compareTimes } from "../time.ts";
import { linksOf } from "./links.ts";
import { SizeHistogram } from "./size_histogram.ts";
import { StreamTable, type StreamTally } from "./stream_table.ts";

/** What to look into. */
export interface InspectInput {
  /** Opens the bytes of the lines, uncompressed. */
  open(): ReadableStream<Uint8Array> | Promise<ReadableStream<Uint8Array>>;
  /** Ends it. */
  signal?: AbortSignal;
  /** Called after each batch with the events so far. */
  onProgress?: (events: number, position: number) => void;
}

/** What is known of some events. */
export interface EventsSummary {
  /** How many. */
  events: number;
  /** Bytes of data and metadata of the event in the middle; within 1/64 above 4 KiB. */
  sizeMedian: number;
  /** The same of the event that 99 % are not larger than. */
  size99: number;
  /** The same of the largest. */
  sizeLargest: number;
  /** Earliest time. */
  since: string | null;
  /** Latest time. */
  until: string | null;
  /** Lowest global position. */
  first: number | null;
  /** Highest global position. */
  last: number | null;
}

/** A category. */
export interface CategoryInspection extends EventsSummary {
  /** Its name. */
  category: string;
  /** How many streams. */
  streams: number;
  /** How many of them begin above position 0 or have holes. */
  partialStreams: number;
  /** How many events link to streams of this category that are not in the file. */
  linksOut: number;
}

/** A type of a category. */
export interface TypeInspection extends EventsSummary {
  /** The category. */
  category: string;
  /** The type. */
  type: string;
}

/** A time in which nothing happened. */
export interface Silence {
  /** Time of the event before it. */
  since: string;
  /** Time of the event after it. */
  until: string;
  /** How long it was, in whole seconds. */
  seconds: number;
}

/** What a file holds. */
export interface Inspection extends EventsSummary {
  /** Lines that are no records. */
  badLines: number;
  /** How many streams. */
  streams: number;
  /** How many of them begin above position 0 or have holes. */
  partialStreams: number;
  /** How many links point to streams that are not in the file. */
  linksOut: number;
  /** Each category, by name; also those that are only linked to. */
  categories: CategoryInspection[];
  /** Each type of each category, by names; at most 10,000 of them. */
  types: TypeInspection[];
  /** The longest silences between two events that follow each other, the longest first. */
  silences: Silence[];
  /** The streams with the most events, the largest first. */
  largestStreams: StreamTally[];
}

/**
 * Looks into a file of events.
 *
 * @param input The file.
 * @returns What it holds.
 * @throws Whatever reading it throws.
 *
 * @example How large events are
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatRecord, inspect } from "@eventodb/cli";
 *
 * const line = formatRecord({
 *   id: crypto.randomUUID(),
 *   stream: "order-1",
 *   type: "Placed",
 *   position: 0,
 *   globalPosition: 7,
 *   data: '{"total":9}',
 *   metadata: null,
 *   time: "2025-07-15T10:00:00Z",
 * });
 * const { events, sizeLargest } = await inspect({ open: () => new Blob([line]).stream() });
 * assertEquals([events, sizeLargest], [1, 11]);
 * ```
 */
export async function inspect(input: InspectInput): Promise<Inspection> {
  using inspector = new Inspector();
  let badLines = 0;
  const batches = packedBatches(await input.open(), {
    signal: input.signal,
    onBadLine: () => badLines++,
  });
  for await (const batch of batches) {
    inspector.add(batch);
    input.onProgress?.(inspector.all.events, inspector.all.last ?? 0);
  }
  return { badLines, ...inspector.result() };
}

/** Gathers what is known of some events. */
class Gathered {
  readonly sizes = new SizeHistogram();
  since: string | null = null;
  until: string | null = null;
  first: number | null = null;
  last: number | null = null;

  get events(): number {
    return this.sizes.count;
  }

  add(size: number, time: string, globalPosition: number): void {
    this.sizes.add(size);
    if (this.since === null || compareTimes(time, this.since) < 0) this.since = time;
    if (this.until === null || compareTimes(time, this.until) > 0) this.until = time;
    if (this.first === null || globalPosition < this.first) this.first = globalPosition;
    if (this.last === null || globalPosition > this.last) this.last = globalPosition;
  }

  summary(): EventsSummary {
    return {
      events: this.events,
      sizeMedian: this.sizes.quantile(0.5),
      size99: this.sizes.quantile(0.99),
      sizeLargest: this.sizes.largest,
      since: this.since,
      until: this.until,
      first: this.first,
      last: this.last,
    };
  }
}

class Inspector implements Disposable {
  readonly all = new Gathered();
  readonly #categories = new Map<string, Gathered>();
  readonly #types = new Map<string, Map<string, Gathered>>();
  #typeCount = 0;
  readonly #streams = new StreamTable();
  readonly #links = new StreamTable();
  readonly #silences: Silence[] = [];
  #time: string | undefined;

  add({ length, bytes, numbers }: PackedRecords): void {
    const buffer = bufferOf(bytes);
    for (let at = 0; at < length * packedNumbers; at += packedNumbers) {
      const key = (field: number) =>
        keyOfBytes(buffer, numbers[at + field], numbers[at + field + 1]);
      const sizeOf = (field: number) => numbers[at + field + 1] - numbers[at + field];
      const size = sizeOf(Packed.data) + sizeOf(Packed.metadata);
      const globalPosition = numbers[at + Packed.globalPosition];
      const time = key(Packed.time);
      const stream = key(Packed.stream);
      const category = categoryOf(stream);
      for (const gathered of this.#gatheredOf(category, key(Packed.type))) {
        gathered.add(size, time, globalPosition);
      }
      this.#streams.add(stream, numbers[at + Packed.position]);
      this.#addSilence(time);
      const end = numbers[at + Packed.metadata + 1];
      for (const link of linksOf(bytes, numbers[at + Packed.metadata], end)) {
        this.#links.add(keyOfName(link), 0);
      }
    }
  }

  result(): Omit<Inspection, "badLines"> {
    const streams = this.#countStreams();
    const links = this.#countLinks();
    const names = new Set([...this.#categories.keys(), ...links.keys()]);
    const sum = (counts: Iterable<number>) => [...counts].reduce((sum, count) => sum + count, 0);
    return {
      ...this.all.summary(),
      streams: sum(streams.all.values()),
      partialStreams: sum(streams.partial.values()),
      linksOut: sum(links.values()),
      categories: [...names].sort().map((key) => ({
        category: nameOfKey(key),
        streams: streams.all.get(key) ?? 0,
        partialStreams: streams.partial.get(key) ?? 0,
        linksOut: links.get(key) ?? 0,
        ...(this.#categories.get(key) ?? new Gathered()).summary(),
      })),
      types: [...this.#types].sort(byKey).flatMap(([category, types]) =>
        [...types].sort(byKey).map(([type, gathered]) => ({
          category: nameOfKey(category),
          type: nameOfKey(type),
          ...gathered.summary(),
        }))
      ),
      silences: this.#silences,
      largestStreams: streams.largest,
    };
  }

  [Symbol.dispose](): void {
    this.#streams[Symbol.dispose]();
    this.#links[Symbol.dispose]();
  }

  #gatheredOf(category: string, type: string): Gathered[] {
    let ofCategory = this.#categories.get(category);
    let types = this.#types.get(category);
    if (ofCategory === undefined || types === undefined) {
      this.#categories.set(category, ofCategory = new Gathered());
      this.#types.set(category, types = new Map());
    }
    let ofType = types.get(type);
    if (ofType === undefined && this.#typeCount < inspectTypesMax) {
      types.set(type, ofType = new Gathered());
      this.#typeCount++;
    }
    const both = [this.all, ofCategory];
    return ofType === undefined ? both : [...both, ofType];
  }

  #addSilence(time: string): void {
    const before = this.#time;
    this.#time = time;
    if (before === undefined) return;
    const seconds = Math.floor((Date.parse(time) - Date.parse(before)) / 1000);
    const shortest = this.#silences.at(-1)?.seconds ?? 0;
    if (seconds < 1 || (this.#silences.length === silencesMax && seconds <= shortest)) return;
    this.#silences.push({ since: before, until: time, seconds });
    this.#silences.sort((a, b) => b.seconds - a.seconds);
    this.#silences.length = Math.min(this.#silences.length, silencesMax);
  }

  #countStreams() {
    const all = new Map<string, number>();
    const partial = new Map<string, number>();
    const largest: StreamTally[] = [];
    for (const stream of this.#streams.read()) {
      const category = keyOfName(categoryOf(stream.stream));
      all.set(category, (all.get(category) ?? 0) + 1);
      if (stream.from > 0 || stream.events !== stream.to + 1) {
        partial.set(category, (partial.get(category) ?? 0) + 1);
      }
      if (largest.length === largestStreamsMax && stream.events <= largest.at(-1)!.events) continue;
      largest.push(stream);
      largest.sort((a, b) => b.events - a.events);
      largest.length = Math.min(largest.length, largestStreamsMax);
    }
    return { all, partial, largest };
  }

  /** Both tables are in one order, so going through them side by side tells what is missing. */
  #countLinks(): Map<string, number> {
    const out = new Map<string, number>();
    const streams = this.#streams.read();
    let stream = streams.next();
    for (const link of this.#links.read()) {
      const key = keyOfName(link.stream);
      while (!stream.done && keyOfName(stream.value.stream) < key) stream = streams.next();
      if (!stream.done && stream.value.stream === link.stream) continue;
      const category = keyOfName(categoryOf(link.stream));
      out.set(category, (out.get(category) ?? 0) + link.events);
    }
    return out;
  }
}

function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}
