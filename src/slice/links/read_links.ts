/**
 * Links that are found by reading every event once: how the closure works on files, and on servers that
 * have no index of links.
 *
 * @module
 */

import { LINE_END } from "../../record/line_end.ts";
import { Buffer } from "node:buffer";
import { splitObject } from "../../json/scan.ts";
import {
  linkNameCharsInMemoryMax,
  linksInMemoryMax,
  linkStreamsInMemoryMax,
  textsSortedAtOnceMax,
} from "../limits.ts";
import { scanCanonical } from "../../record/canonical.ts";
import { bufferOf, keyOfBytes, keyOfName, nameOfKey } from "../../record/line_head.ts";
import { Packed, packedNumbers, type PackedRecords } from "../../record/packed_records.ts";
import { TimeSlice } from "../../tick.ts";
import { parseTime } from "../../time.ts";
import { LinkGraph, type LinkGraphBounds, type Neighbour } from "./link_graph.ts";
import { declaredLinks } from "./link_path.ts";
import type { LinkQuery, LinkSource, OddValues, StreamLink } from "./link_source.ts";
import { linkFields, linksOf } from "./links.ts";
import { RowTable } from "./row_table.ts";
import { sortedInSlices } from "../sorted_texts.ts";
import { isWithin } from "../window.ts";

/** What the second field of a row begins with: what the third is to the stream in the first. */
const [hasEvents, isLinkedFrom, linksTo] = ["#", "<", ">"] as const;

/** Rows that go to a table together. */
const rowsAtOnce = 1000;

/** Gathers the links of events, and then looks them up. What memory is too small for goes to disk. */
export class ReadLinks implements LinkSource {
  readonly #query: LinkQuery;
  readonly #hasWindow: boolean;
  readonly #to: number;
  readonly #bounds: LinkGraphBounds;
  #graph: LinkGraph;
  /** The graphs that were full. */
  #table: RowTable | undefined;
  #tabled = 0;
  readonly #odd: number[];
  /** A caller may ask for very many streams. */
  readonly #slice = new TimeSlice();
  /** A record in another form than that of exports, as one of theirs. */
  readonly #numbers = new Float64Array(packedNumbers);

  /**
   * @param query Which events' links count.
   * @param bounds How much stays in memory.
   */
  constructor(query: LinkQuery, bounds: Partial<LinkGraphBounds> = {}) {
    this.#query = query;
    this.#hasWindow = query.since !== undefined || query.until !== undefined;
    this.#to = query.to ?? Infinity;
    this.#bounds = {
      streamsMax: linkStreamsInMemoryMax,
      charsMax: linkNameCharsInMemoryMax,
      linksMax: linksInMemoryMax,
      ...bounds,
    };
    this.#graph = new LinkGraph(this.#bounds);
    this.#odd = query.paths.map(() => 0);
  }

  /**
   * Adds events. All of them have to be added before anything is asked.
   *
   * @param records The events.
   */
  async addRecords({ length, bytes, numbers }: PackedRecords): Promise<void> {
    const buffer = bufferOf(bytes);
    for (let i = 0; i < length; i++) {
      if (this.#graph.isFull) await this.#putIntoTable();
      this.#add(buffer, numbers, i * packedNumbers);
    }
  }

  /**
   * The same for lines of an export, also of servers that hold what ours would refuse.
   *
   * @param bytes Whole lines, each with its line end.
   */
  async addLines(bytes: Uint8Array): Promise<void> {
    const buffer = bufferOf(bytes);
    for (let start = 0; start < buffer.length;) {
      if (this.#graph.isFull) await this.#putIntoTable();
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
      for await (const { link, other } of this.#neighbours(keyOfName(stream), linksTo)) {
        yield { stream, target: nameOfKey(other), link };
      }
    }
  }

  async *linksTo(streams: readonly string[]): AsyncGenerator<StreamLink> {
    for (const target of streams) {
      for await (const { link, other } of this.#neighbours(keyOfName(target), isLinkedFrom)) {
        yield { stream: nameOfKey(other), target, link };
      }
    }
  }

  async countEvents(streams: readonly string[]): Promise<number[]> {
    const table = await this.#completeTable();
    const counts: number[] = [];
    for (const stream of streams) {
      const key = keyOfName(stream);
      counts.push(table === undefined ? this.#graph.eventsOf(key) : eventsIn(table, key));
      if (this.#slice.isOver) await this.#slice.next();
    }
    return counts;
  }

  async *streams(prefix: string): AsyncGenerator<string> {
    const key = keyOfName(prefix);
    const table = await this.#completeTable();
    if (table === undefined) {
      for (const each of this.#graph.streams()) {
        if (each.startsWith(key)) yield nameOfKey(each);
        if (this.#slice.isOver) await this.#slice.next();
      }
      return;
    }
    let last: string | undefined;
    for (const row of table.beginningWith(key)) {
      if (this.#slice.isOver) await this.#slice.next();
      const [stream, kind] = row.split("\0") as [string, string];
      if (stream === last || !kind.startsWith(hasEvents)) continue;
      last = stream;
      yield nameOfKey(stream);
    }
  }

  oddValues(): Promise<OddValues[]> {
    const all = this.#odd.map((values, i) => ({ link: linkFields.length + i, values }));
    return Promise.resolve(all.filter(({ values }) => values > 0));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#table?.[Symbol.dispose]();
    return Promise.resolve();
  }

  #add(buffer: Buffer, numbers: Float64Array, at: number): void {
    if (numbers[at + Packed.globalPosition]! > this.#to) return;
    const text = (field: number) => keyOfBytes(buffer, numbers[field]!, numbers[field + 1]!);
    const stream = this.#graph.addEvent(text(at + Packed.stream));
    if (this.#hasWindow && !isWithin(text(at + Packed.time), this.#query)) return;
    const metadata = numbers[at + Packed.metadata]!;
    const targets = linksOf(buffer, metadata, numbers[at + Packed.metadata + 1]!);
    for (let link = 0; link < targets.length; link++) {
      if (targets[link] !== "") this.#graph.addLink(stream, link, targets[link]!);
    }
    for (const [i, path] of this.#query.paths.entries()) {
      const field = path.payload === "data" ? Packed.data : Packed.metadata;
      const [start, end] = [numbers[at + field]!, numbers[at + field + 1]!];
      const { streams, odd } = declaredLinks(
        path,
        end > start ? buffer.toString("utf8", start, end) : null,
      );
      this.#odd[i]! += odd;
      for (const target of streams) {
        this.#graph.addLink(stream, linkFields.length + i, keyOfName(target));
      }
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

  /** A stream may have millions of them. */
  async *#neighbours(
    stream: string,
    kind: typeof linksTo | typeof isLinkedFrom,
  ): AsyncGenerator<Neighbour> {
    const table = await this.#completeTable();
    for (const neighbour of this.#neighboursIn(table, stream, kind)) {
      yield neighbour;
      if (this.#slice.isOver) await this.#slice.next();
    }
    if (this.#slice.isOver) await this.#slice.next();
  }

  *#neighboursIn(
    table: RowTable | undefined,
    stream: string,
    kind: typeof linksTo | typeof isLinkedFrom,
  ): Generator<Neighbour> {
    if (table === undefined) {
      const graph = this.#graph;
      yield* kind === linksTo ? graph.linksFrom(stream) : graph.linksTo(stream);
      return;
    }
    const prefix = `${stream}\0${kind}`;
    for (const row of table.beginningWith(prefix)) {
      yield { link: linkOf(row[prefix.length]!), other: row.slice(prefix.length + 2) };
    }
  }

  /** The table with everything in it; `undefined` where everything is in memory. */
  async #completeTable(): Promise<RowTable | undefined> {
    if (this.#table === undefined) return undefined;
    if (!this.#graph.isEmpty) await this.#putIntoTable();
    await this.#table.merge();
    return this.#table;
  }

  async #putIntoTable(): Promise<void> {
    this.#table ??= new RowTable();
    const graph = this.#graph;
    this.#graph = new LinkGraph(this.#bounds);
    await this.#table.addRun(rowsOf(graph, this.#tabled++));
  }
}

/**
 * A graph as rows, in byte order. A link and its reverse are two of them.
 *
 * @param number Keeps apart how many events the same stream has in several graphs.
 */
async function* rowsOf(graph: LinkGraph, number: number): AsyncGenerator<Iterable<string>> {
  const slice = new TimeSlice();
  let rows: string[] = [];
  for (const stream of await sortedInSlices(graph.names, slice)) {
    const events = graph.eventsOf(stream);
    if (events > 0) rows.push(`${stream}\0${hasEvents}${number}\0${events}`);
    for (const kind of [isLinkedFrom, linksTo] as const) {
      const links = [...linksOfStream(graph, stream, kind)];
      if (links.length < textsSortedAtOnceMax) rows.push(...new Set(links.sort()));
      else {
        yield rows;
        rows = [];
        yield await sortedInSlices(links, slice);
      }
    }
    if (rows.length < rowsAtOnce) continue;
    yield rows;
    rows = [];
  }
  yield rows;
}

function* linksOfStream(
  graph: LinkGraph,
  stream: string,
  kind: typeof linksTo | typeof isLinkedFrom,
): Generator<string> {
  const neighbours = kind === linksTo ? graph.linksFrom(stream) : graph.linksTo(stream);
  for (const { link, other } of neighbours) yield `${stream}\0${kind}${charOf(link)}\0${other}`;
}

/** How many events a stream has, over all the graphs that went into the table. */
function eventsIn(table: RowTable, stream: string): number {
  let events = 0;
  for (const row of table.beginningWith(`${stream}\0${hasEvents}`)) {
    events += Number(row.slice(row.lastIndexOf("\0") + 1));
  }
  return events;
}

/** One character a link, so that rows sort by it. */
function charOf(link: number): string {
  return String.fromCharCode(0x40 + link);
}

function linkOf(char: string): number {
  return char.charCodeAt(0) - 0x40;
}
