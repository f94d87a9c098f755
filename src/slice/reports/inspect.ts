/**
 * What a file of events holds: an overview before it is used.
 *
 * @module
 */

import type { Buffer } from "node:buffer";
import { inspectTypesMax, largestStreamsMax, timeGapsMax } from "../limits.ts";
import { bufferOf, keyOfBytes, keyOfName, nameOfKey } from "../../record/line_head.ts";
import { packedBatches } from "../../record/packed_batches.ts";
import { Packed, packedNumbers, type PackedRecords } from "../../record/packed_records.ts";
import { categoryOf } from "../../stream_name.ts";
import { linksOf } from "../links/links.ts";
import { LinksOut } from "../manifest/links_out.ts";
import { SizeHistogram } from "./size_histogram.ts";
import { StreamTable, type StreamTally } from "../manifest/stream_table.ts";

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
export interface TimeGap {
  /** Time of the event before it. */
  since: string;
  /** Time of the event after it. */
  until: string;
  /** How long it was, in whole seconds. */
  seconds: number;
}

/** What a file holds. */
export interface Inspection extends EventsSummary {
  /** Lines that are not records. */
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
  /** The longest time gaps between two events that follow each other, the longest first. */
  timeGaps: TimeGap[];
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
  const spare: PackedRecords[] = [];
  const batches = packedBatches(await input.open(), {
    signal: input.signal,
    spare,
    onBadLine: () => badLines++,
  });
  for await (const batch of batches) {
    inspector.add(batch);
    spare.push(batch);
    input.onProgress?.(inspector.events, inspector.last);
  }
  return { badLines, ...inspector.result() };
}

/** Gathers what is known of some events. */
class Gathered {
  readonly sizes = new SizeHistogram();
  since: Instant | null = null;
  until: Instant | null = null;
  first: number | null = null;
  last: number | null = null;

  get events(): number {
    return this.sizes.count;
  }

  add(size: number, time: Instant, globalPosition: number): void {
    this.sizes.add(size);
    this.#widen(time, time, globalPosition, globalPosition);
  }

  /** The same of several. */
  static of(parts: Iterable<Gathered>): Gathered {
    const all = new Gathered();
    for (const { sizes, since, until, first, last } of parts) {
      all.sizes.addAll(sizes);
      if (since !== null) all.#widen(since, until!, first!, last!);
    }
    return all;
  }

  #widen(since: Instant, until: Instant, first: number, last: number): void {
    if (this.until === null || isLater(until, this.until)) this.until = { ...until };
    if (this.since === null || isLater(this.since, since)) this.since = { ...since };
    if (this.last === null || last > this.last) this.last = last;
    if (this.first === null || first < this.first) this.first = first;
  }

  summary(): EventsSummary {
    return {
      events: this.events,
      sizeMedian: this.sizes.quantile(0.5),
      size99: this.sizes.quantile(0.99),
      sizeLargest: this.sizes.largest,
      since: this.since === null ? null : textOf(this.since),
      until: this.until === null ? null : textOf(this.until),
      first: this.first,
      last: this.last,
    };
  }
}

/** A time as numbers: text would be made of each event's. */
interface Instant {
  /** Whole seconds since 1970. */
  seconds: number;
  /** Nanoseconds after them. */
  nanos: number;
}

function isLater(a: Instant, b: Instant): boolean {
  return a.seconds > b.seconds || (a.seconds === b.seconds && a.nanos > b.nanos);
}

/** The time as records have it. */
function textOf({ seconds, nanos }: Instant): string {
  const fraction = nanos === 0 ? "" : `.${String(nanos).padStart(9, "0").replace(/0+$/, "")}`;
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}${fraction}Z`;
}

/** Reads a time as records have it; days as Howard Hinnant counts them. */
function readTime(bytes: Uint8Array, start: number, end: number, into: Instant): void {
  const two = (offset: number) => 10 * bytes[start + offset]! + bytes[start + offset + 1]! - 528;
  const month = two(5);
  const year = 100 * two(0) + two(2) - (month < 3 ? 1 : 0);
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + two(8) - 1;
  const leapDays = Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400);
  const days = 365 * year + leapDays + dayOfYear - 719_468;
  into.seconds = ((days * 24 + two(11)) * 60 + two(14)) * 60 + two(17);
  let nanos = 0;
  let unit = 100_000_000;
  // After the seconds there is a point or the Z that ends it.
  for (let at = start + 20; at < end - 1; at++) {
    nanos += (bytes[at]! - 0x30) * unit;
    unit /= 10;
  }
  into.nanos = nanos;
}

/** What is known of a category: by type, and of the types that are too many to be counted one by one. */
interface GatheredCategory {
  types: Map<string, Gathered>;
  others?: Gathered;
}

class Inspector implements Disposable {
  events = 0;
  last = 0;
  readonly #categories = new Map<string, GatheredCategory>();
  /** The same by the row of a stream. */
  readonly #categoryOfRow: GatheredCategory[] = [];
  #typeCount = 0;
  readonly #streams = new StreamTable();
  readonly #links = new LinksOut();
  readonly #timeGaps: TimeGap[] = [];
  /** The seconds that one has to be longer than to be among them. */
  #shortestTimeGap = 0;
  /** The latest time so far. */
  #latest: Instant | undefined;

  /** Each event is counted once, by its type: the rest is added up at the end. */
  add({ length, bytes, numbers }: PackedRecords): void {
    const buffer = bufferOf(bytes);
    const time: Instant = { seconds: 0, nanos: 0 };
    for (let at = 0; at < length * packedNumbers; at += packedNumbers) {
      const sizeOf = (field: number) => numbers[at + field + 1]! - numbers[at + field]!;
      const globalPosition = numbers[at + Packed.globalPosition]!;
      readTime(bytes, numbers[at + Packed.time]!, numbers[at + Packed.time + 1]!, time);
      const [start, end] = [numbers[at + Packed.stream]!, numbers[at + Packed.stream + 1]!];
      const category = this.#categoryOf(buffer, start, end, numbers[at + Packed.position]!);
      const type = keyOfBytes(buffer, numbers[at + Packed.type]!, numbers[at + Packed.type + 1]!);
      const size = sizeOf(Packed.data) + sizeOf(Packed.metadata);
      this.#gatheredOf(category, type).add(size, time, globalPosition);
      this.#addTime(time);
      const metadataEnd = numbers[at + Packed.metadata + 1]!;
      this.#links.add(linksOf(buffer, numbers[at + Packed.metadata]!, metadataEnd));
      this.last = globalPosition;
    }
    this.events += length;
  }

  result(): Omit<Inspection, "badLines"> {
    const { links, ...streams } = this.#countStreams();
    const names = new Set([...this.#categories.keys(), ...links.keys()]);
    const categories = new Map([...this.#categories].map(([key, { types, others }]) => [
      key,
      Gathered.of(others === undefined ? types.values() : [...types.values(), others]),
    ]));
    const sum = (counts: Iterable<number>) => [...counts].reduce((sum, count) => sum + count, 0);
    return {
      ...Gathered.of(categories.values()).summary(),
      streams: sum(streams.all.values()),
      partialStreams: sum(streams.partial.values()),
      linksOut: sum(links.values()),
      categories: [...names].sort().map((key) => ({
        category: nameOfKey(key),
        streams: streams.all.get(key) ?? 0,
        partialStreams: streams.partial.get(key) ?? 0,
        linksOut: links.get(key) ?? 0,
        ...(categories.get(key) ?? new Gathered()).summary(),
      })),
      types: [...this.#categories].sort(byKey).flatMap(([category, { types }]) =>
        [...types].sort(byKey).map(([type, gathered]) => ({
          category: nameOfKey(category),
          type: nameOfKey(type),
          ...gathered.summary(),
        }))
      ),
      timeGaps: this.#timeGaps,
      largestStreams: streams.largest,
    };
  }

  [Symbol.dispose](): void {
    this.#streams[Symbol.dispose]();
    this.#links[Symbol.dispose]();
  }

  /** Counts an event of a stream, and finds its category. */
  #categoryOf(bytes: Buffer, start: number, end: number, position: number): GatheredCategory {
    const streams = this.#streams;
    const { begun } = streams;
    const row = streams.addNamed(bytes, start, end, position);
    if (streams.begun !== begun) {
      const key = categoryOf(keyOfBytes(bytes, start, end));
      let found = this.#categories.get(key);
      if (found === undefined) this.#categories.set(key, found = { types: new Map() });
      this.#categoryOfRow[row] = found;
    }
    return this.#categoryOfRow[row]!;
  }

  #gatheredOf(found: GatheredCategory, type: string): Gathered {
    const gathered = found.types.get(type);
    if (gathered !== undefined) return gathered;
    if (this.#typeCount >= inspectTypesMax) return found.others ??= new Gathered();
    this.#typeCount++;
    const first = new Gathered();
    found.types.set(type, first);
    return first;
  }

  /** An event that is late ends no time gap. */
  #addTime(time: Instant): void {
    const before = this.#latest;
    if (before !== undefined && !isLater(time, before)) return;
    if (before !== undefined) {
      const seconds = time.seconds - before.seconds - (time.nanos < before.nanos ? 1 : 0);
      if (seconds > this.#shortestTimeGap) this.#addTimeGap(before, time, seconds);
      before.seconds = time.seconds;
      before.nanos = time.nanos;
    } else this.#latest = { ...time };
  }

  #addTimeGap(since: Instant, until: Instant, seconds: number): void {
    this.#timeGaps.push({ since: textOf(since), until: textOf(until), seconds });
    this.#timeGaps.sort((a, b) => b.seconds - a.seconds);
    this.#timeGaps.length = Math.min(this.#timeGaps.length, timeGapsMax);
    if (this.#timeGaps.length === timeGapsMax) {
      this.#shortestTimeGap = this.#timeGaps.at(-1)!.seconds;
    }
  }

  #countStreams() {
    const all = new Map<string, number>();
    const partial = new Map<string, number>();
    const largest: StreamTally[] = [];
    const links = this.#links.count();
    for (const stream of this.#streams.read()) {
      links.pass(stream.stream);
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
    return { all, partial, largest, links: links.end() };
  }
}

function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}
