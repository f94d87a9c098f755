/**
 * Links that are found by reading every event once: how the closure works on files, and on servers that
 * have no index of links.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { splitObject } from "../json/scan.ts";
import { linkRowsInMemoryMax } from "../limits.ts";
import { scanCanonical } from "../record/canonical.ts";
import { bufferOf, keyOfBytes, keyOfName, nameOfKey } from "../record/line_head.ts";
import { Packed, packedNumbers, type PackedRecords } from "../record/packed_records.ts";
import { parseTime } from "../time.ts";
import { declaredLinks } from "./link_path.ts";
import type { LinkQuery, LinkSource, OddValues, StreamLink } from "./link_source.ts";
import { linkFields, linksOf } from "./links.ts";
import { RowTable, type RowTableOptions } from "./row_table.ts";
import { isWithin } from "./window.ts";

const LINE_END = 0x0a;

/** What the second field of a row begins with: what the first one and the third are to each other. */
const [linksTo, isLinkedFrom, hasEvents] = [">", "<", "#"];

/** Gathers the links of events, and then answers from them. Memory is bounded: what is more goes to disk. */
export class ReadLinks implements LinkSource {
  readonly #query: LinkQuery;
  readonly #hasWindow: boolean;
  readonly #to: number;
  /** A link and its reverse are two rows: `order-1 >0 workflow-9` and `workflow-9 <0 order-1`. */
  readonly #table: RowTable;
  /** Events of each stream, but for those that have been put into the table. */
  #counts = new Map<string, number>();
  /** How often that was. */
  #countsPut = 0;
  readonly #countsMax: number;
  readonly #odd: number[];
  /** A record in another form than that of exports, as one of theirs. */
  readonly #numbers = new Float64Array(packedNumbers);

  /**
   * @param query Which events' links count.
   * @param options How much stays in memory.
   */
  constructor(query: LinkQuery, options: RowTableOptions = {}) {
    this.#query = query;
    this.#hasWindow = query.since !== undefined || query.until !== undefined;
    this.#to = query.to ?? Infinity;
    this.#table = new RowTable(options);
    this.#countsMax = options.rowsMax ?? linkRowsInMemoryMax;
    this.#odd = query.paths.map(() => 0);
  }

  /**
   * Adds events. All of them have to be added before anything is asked.
   *
   * @param records The events.
   */
  addRecords({ length, bytes, numbers }: PackedRecords): void {
    const buffer = bufferOf(bytes);
    for (let i = 0; i < length; i++) this.#add(buffer, numbers, i * packedNumbers);
  }

  /**
   * The same for lines of an export, also of servers that hold what ours would refuse.
   *
   * @param bytes Whole lines, each with its line end.
   */
  addLines(bytes: Uint8Array): void {
    const buffer = bufferOf(bytes);
    for (let start = 0; start < buffer.length;) {
      const end = scanCanonical(buffer, start, this.#numbers, 0);
      if (end >= 0 && buffer[end] === LINE_END) {
        this.#add(buffer, this.#numbers, 0);
        start = end + 1;
        continue;
      }
      const lineEnd = buffer.indexOf(LINE_END, start);
      this.#addOther(buffer.toString("utf8", start, lineEnd));
      start = lineEnd + 1;
    }
  }

  async *linksFrom(streams: readonly string[]): AsyncGenerator<StreamLink> {
    for (const stream of streams) {
      for (const [link, target] of this.#rowsOf(stream, linksTo)) {
        yield { stream, target: nameOfKey(target), link: Number(link) };
      }
    }
  }

  async *linksTo(streams: readonly string[]): AsyncGenerator<StreamLink> {
    for (const target of streams) {
      for (const [link, stream] of this.#rowsOf(target, isLinkedFrom)) {
        yield { stream: nameOfKey(stream), target, link: Number(link) };
      }
    }
  }

  countEvents(streams: readonly string[]): Promise<number[]> {
    return Promise.resolve(streams.map((stream) => {
      let count = this.#counts.get(keyOfName(stream)) ?? 0;
      for (const [, more] of this.#rowsOf(stream, hasEvents)) count += Number(more);
      return count;
    }));
  }

  async *streams(prefix: string): AsyncGenerator<string> {
    const key = keyOfName(prefix);
    for (const each of this.#counts.keys()) if (each.startsWith(key)) yield nameOfKey(each);
    let last: string | undefined;
    for (const row of this.#table.beginningWith(key)) {
      const [stream, kind] = row.split("\0") as [string, string];
      if (stream === last || !kind.startsWith(hasEvents) || this.#counts.has(stream)) continue;
      last = stream;
      yield nameOfKey(stream);
    }
  }

  oddValues(): Promise<OddValues[]> {
    const all = this.#odd.map((values, i) => ({ link: linkFields.length + i, values }));
    return Promise.resolve(all.filter(({ values }) => values > 0));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#table[Symbol.dispose]();
    return Promise.resolve();
  }

  #add(buffer: Buffer, numbers: Float64Array, at: number): void {
    if (numbers[at + Packed.globalPosition]! > this.#to) return;
    const text = (field: number) => keyOfBytes(buffer, numbers[field]!, numbers[field + 1]!);
    const stream = text(at + Packed.stream);
    this.#count(stream);
    if (this.#hasWindow && !isWithin(text(at + Packed.time), this.#query)) return;
    const metadata = numbers[at + Packed.metadata]!;
    const metadataEnd = numbers[at + Packed.metadata + 1]!;
    const targets = linksOf(buffer, metadata, metadataEnd);
    for (let link = 0; link < targets.length; link++) {
      if (targets[link] !== "") this.#put(stream, link, targets[link]!);
    }
    for (const [i, path] of this.#query.paths.entries()) {
      const field = path.payload === "data" ? Packed.data : Packed.metadata;
      const [start, end] = [numbers[at + field]!, numbers[at + field + 1]!];
      const { streams, odd } = declaredLinks(
        path,
        end > start ? buffer.toString("utf8", start, end) : null,
      );
      for (const target of streams) this.#put(stream, linkFields.length + i, keyOfName(target));
      this.#odd[i]! += odd;
    }
  }

  /** Lays the fields out as they lie in records that are read. */
  #addOther(line: string): void {
    const fields = new Map(splitObject(line));
    const decoded = (field: string) => JSON.parse(fields.get(field) ?? '""') as string;
    const stream = decoded("stream");
    // None of our stores can hold it, and no link can lead to it.
    if (stream.includes("\0")) return;
    const numbers = this.#numbers;
    const texts: Buffer[] = [];
    let used = 0;
    const put = (field: number, text: string) => {
      const bytes = Buffer.from(text);
      texts.push(bytes);
      numbers[field] = used;
      numbers[field + 1] = used += bytes.length;
    };
    numbers[Packed.globalPosition] = Number(fields.get("gpos"));
    put(Packed.stream, stream);
    const time = decoded("time");
    put(Packed.time, this.#hasWindow ? parseTime(time) : time);
    put(Packed.data, fields.get("data") ?? "null");
    put(Packed.metadata, fields.get("meta") ?? "null");
    this.#add(Buffer.concat(texts), numbers, 0);
  }

  #count(stream: string): void {
    const count = this.#counts.get(stream);
    if (count === undefined && this.#counts.size >= this.#countsMax) this.#putCounts();
    this.#counts.set(stream, (count ?? 0) + 1);
  }

  /** Of one stream there may be several counts: the number keeps equal ones apart. */
  #putCounts(): void {
    for (const [stream, count] of this.#counts) {
      this.#table.add(`${stream}\0${hasEvents}${this.#countsPut}\0${count}`);
    }
    this.#countsPut++;
    this.#counts = new Map();
  }

  #put(stream: string, link: number, target: string): void {
    this.#table.add(`${stream}\0${linksTo}${link}\0${target}`);
    this.#table.add(`${target}\0${isLinkedFrom}${link}\0${stream}`);
  }

  *#rowsOf(stream: string, kind: string): Generator<[link: string, other: string]> {
    const prefix = `${keyOfName(stream)}\0${kind}`;
    for (const row of this.#table.beginningWith(prefix)) {
      yield row.slice(prefix.length).split("\0") as [string, string];
    }
  }
}
