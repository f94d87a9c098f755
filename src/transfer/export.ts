/**
 * The export: events of any source, by category and window of time, in ascending global position.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { checkClosure, type Closure } from "../slice/closure/closure.ts";
import type { LinkQuery, LinkSource } from "../slice/links/link_source.ts";
import type { EventHead } from "../record/line_head.ts";
import type { PackedRecords } from "../record/packed_records.ts";
import { selectLines } from "../slice/select_lines.ts";
import type { Slice, SliceBounds } from "../slice/slice.ts";
import { categoriesToRead, SliceFilter, type Unmatched } from "../slice/slice_filter.ts";
import { parseWindow } from "../slice/window.ts";
import { categoryOf } from "../stream_name.ts";
import { AscendingOrder } from "./reading/ascending_order.ts";
import type { FollowedSlice } from "./reading/follow_links.ts";

/**
 * Which events a source is asked for, in ascending global position. Both times are in UTC; without `to`, the
 * source reads up to its end.
 */
export interface SourceQuery extends SliceBounds {
  /** Lowest global position, inclusive. */
  from: number;
  /**
   * All of the slice, for a source that can choose by more than the bounds. Another one hands on whatever is
   * within them: who asks chooses by itself as well.
   */
  slice?: Slice;
  /** The slice with links that it has come of, for a source that can follow them and cannot take so many streams. */
  related?: Slice;
  /** Ends the reading. */
  signal?: AbortSignal;
}

/** Counts events that go by. */
export interface EventTally {
  /**
   * Counts an event.
   *
   * @param event The beginning of its line. It is another event's once this returns.
   */
  addEvent(event: EventHead): void;
}

/** What a source has read. */
export interface SourceLines {
  /** Whole lines, each with its line end; empty where the source has looked and found nothing. They are the taker's. */
  bytes: Uint8Array<ArrayBuffer>;
  /** The last global position looked at; absent where that is not known. */
  last?: number;
}

/** Some events of an export: whole lines, and what is in them. */
export interface ExportChunk {
  /** The lines, each with its line end. */
  bytes: Uint8Array<ArrayBuffer>;
  /** How many they are. */
  events: number;
  /** Global position of the first of them. */
  first: number;
  /** The same of the last. */
  last: number;
  /** Of the categories that were asked for, those that have come by now. */
  categories: ReadonlySet<string>;
}

/** Where an export reads from: a server, by whatever it offers, or a store. */
export interface ExportSource {
  /** Whether it chooses by itself what a slice wants, so that what is excluded does not come. */
  readonly selects?: boolean;
  /**
   * Finds what is related, where the source does that by itself. Absent: by its links.
   *
   * @param slice Which events, up to a global position.
   * @param signal Ends it.
   * @returns The closure; `undefined` where the source cannot do it.
   */
  related?(slice: Slice, signal?: AbortSignal): Promise<Closure | undefined>;
  /**
   * Looks links up, where the source need not be read for that. Absent: it is read.
   *
   * @param query Which events' links count.
   * @param signal Ends it.
   * @returns The links; `undefined` where the source cannot look up those that are asked for.
   */
  links?(query: LinkQuery, signal?: AbortSignal): Promise<LinkSource | undefined>;
  /**
   * Reads all events as records, where that is cheaper than lines. Absent: they are read as lines.
   *
   * @param signal Ends it.
   * @param spare Batches that are done with may be put there, to be used again.
   * @returns The events.
   */
  records?(signal?: AbortSignal, spare?: PackedRecords[]): AsyncIterable<PackedRecords>;
  /**
   * The highest global position that a reader can see now.
   *
   * @param signal Ends the asking.
   * @returns The position, 0 for none; `null` when the source does not report it.
   */
  lastPosition(signal?: AbortSignal): Promise<number | null>;
  /**
   * Reads events. What fails and may pass is tried again here, after the last event read.
   *
   * @param query Which.
   * @returns The events.
   */
  read(query: SourceQuery): AsyncIterable<SourceLines>;
}

/** What to export, and listeners. */
export interface ExportOptions extends Slice {
  /** Counts each event. */
  tally?: EventTally;
  /** Ends the export; it then throws the signal's reason. */
  signal?: AbortSignal;
  /**
   * Called at the end with the patterns that have matched nothing. What is excluded may have been left out by the
   * source: then it is among them, and types are not.
   */
  onUnmatched?: (unmatched: Unmatched) => void;
  /** Called when the upper bound is known: the highest global position that can come. */
  onBound?: (globalPosition: number | null) => void;
  /** Called with the last global position looked at, after each chunk. */
  onProgress?: (globalPosition: number) => void;
  /** The same while only links are looked for, which is before any event comes. */
  onLinksRead?: (globalPosition: number) => void;
  /** Called with what is related, once it is known. */
  onRelated?: (closure: Closure) => void;
}

/**
 * Exports events. The highest global position is fixed at the start, so that the export ends, also
 * while others write.
 *
 * @param source Where to read from.
 * @param options What to read.
 * @returns The events, each once; never an empty chunk.
 * @throws {EventoDBError} `INVALID_REQUEST` when a time is not valid or `since` is after `until`;
 * `UNEXPECTED_ANSWER` when the source hands on positions that do not ascend; `INPUT_CHANGED` when what is related
 * was replaced while it was read; what the source throws.
 */
export async function* exportChunks(
  source: ExportSource,
  options: ExportOptions = {},
): AsyncGenerator<ExportChunk> {
  const { from = 0, signal } = options;
  parseWindow(options);
  const highest = await source.lastPosition(signal) ?? undefined;
  const bound = highest === undefined ? options.to : Math.min(highest, options.to ?? highest);
  options.onBound?.(bound ?? null);
  const { slice, to = bound, closure, unmatched } = await withoutLinks(source, options, bound);
  if (closure !== undefined) options.onRelated?.(closure);
  const filter = SliceFilter.of(slice);
  const categories = categoriesToRead(slice);
  const isNothing = highest === 0 || categories?.length === 0 ||
    (to !== undefined && to < from);

  const events = new ExportedEvents(options, { from, to, filter });
  const query = {
    ...{ categories, from, to, ...parseWindow(slice), signal },
    slice: filter && slice,
    related: options.relatedTo && options,
  };
  for await (const { bytes, last } of isNothing ? [] : source.read(query)) {
    signal?.throwIfAborted();
    const chunk = events.take(bytes);
    if (chunk !== undefined) yield chunk;
    options.onProgress?.(last ?? events.last);
  }
  if (closure !== undefined && isWhole(options) && events.count !== closure.events) {
    throw changedMeanwhile(closure.events, events.count);
  }
  if (filter !== undefined) {
    const { excludes, ...found } = filter.unmatched;
    // What the source leaves out does not come here: whether there is such a type is unknown.
    if (source.selects) excludes.types = [];
    options.onUnmatched?.({ ...found, excludes, ...unmatched && { streams: unmatched } });
  }
}

/** The slice without links, and where it ends: beyond that, links were not looked for. */
async function withoutLinks(
  source: ExportSource,
  options: ExportOptions,
  to: number | undefined,
): Promise<Partial<FollowedSlice> & { slice: Slice }> {
  checkClosure(options);
  if (options.relatedTo === undefined) return { slice: options };
  const { followLinks } = await import("./reading/follow_links.ts");
  return await followLinks(source, options, to);
}

/** Whether all events of a closure come, which have been counted. */
function isWhole(
  { categories, streams, types, excludeTypes, from = 0, windowOnly }: Slice,
): boolean {
  const narrowing = [categories, streams, types, excludeTypes];
  return narrowing.every((each) => each === undefined) && from === 0 && windowOnly !== true;
}

/** Looks at each event once: guards their order and bounds, leaves out what is not wanted, and counts. */
class ExportedEvents {
  readonly #order: AscendingOrder;
  readonly #to: number;
  readonly #filter: SliceFilter | undefined;
  readonly #tally: EventTally | undefined;
  readonly #asked: ReadonlySet<string>;
  readonly #categories = new Set<string>();
  /** How many events so far. */
  count = 0;

  constructor(
    { categories, tally }: ExportOptions,
    { from, to = Infinity, filter }: { from: number; to?: number; filter?: SliceFilter },
  ) {
    this.#order = new AscendingOrder(from);
    this.#to = to;
    this.#filter = filter;
    this.#tally = tally;
    this.#asked = new Set(categories);
  }

  /** The global position of the last event. */
  get last(): number {
    return this.#order.last;
  }

  /** The next events that are wanted; `undefined` for none. */
  take(lines: Uint8Array<ArrayBuffer>): ExportChunk | undefined {
    let events = 0;
    let first = 0;
    let last = 0;
    const bytes = selectRecords(lines, (head) => {
      const { globalPosition } = head;
      this.#order.next(globalPosition);
      if (globalPosition > this.#to) throw aboveBound(globalPosition, this.#to);
      // Usually that is soon over.
      if (this.#categories.size < this.#asked.size) this.#lookFor(head.stream);
      if (this.#filter?.wants(head) === false) return false;
      this.#tally?.addEvent(head);
      if (events++ === 0) first = globalPosition;
      last = globalPosition;
      return true;
    });
    this.count += events;
    return events === 0 ? undefined : { bytes, events, first, last, categories: this.#categories };
  }

  #lookFor(stream: string): void {
    const category = categoryOf(stream);
    if (this.#asked.has(category)) this.#categories.add(category);
  }
}

/** What a server sends may be anything. */
function selectRecords(...args: Parameters<typeof selectLines>): Uint8Array<ArrayBuffer> {
  try {
    return selectLines(...args);
  } catch (cause) {
    if (!(cause instanceof EventoDBError) || cause.code === "UNEXPECTED_ANSWER") throw cause;
    throw new EventoDBError(
      "UNEXPECTED_ANSWER",
      "Cannot export: the server sent a line that is not a record",
      { cause, details: { status: 200 } },
    );
  }
}

/** What was related when links were followed must be what comes. */
function changedMeanwhile(related: number, came: number): EventoDBError {
  return new EventoDBError(
    "INPUT_CHANGED",
    `Cannot export: ${related} events were related, and ${came} of their streams came, so events below ` +
      "the highest global position were imported or replaced meanwhile. Export again",
    { details: { related, came } },
  );
}

/** A server that does not stop where it should must not be followed forever. */
function aboveBound(globalPosition: number, to: number): EventoDBError {
  return new EventoDBError(
    "UNEXPECTED_ANSWER",
    `Cannot export: the server sent global position ${globalPosition}, and was asked for ${to} at most`,
    { details: { status: 200, globalPosition, to } },
  );
}
