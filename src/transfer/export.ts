/**
 * The export: events of any source, by category and window of time, in ascending global position.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { checkClosure, type Closure } from "../slice/closure.ts";
import type { LinkQuery, LinkSource } from "../slice/link_source.ts";
import { selectLines } from "../slice/select_lines.ts";
import type { Slice, SliceBounds } from "../slice/slice.ts";
import { categoriesToRead, SliceFilter, type Unmatched } from "../slice/slice_filter.ts";
import { parseWindow } from "../slice/window.ts";

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
  /** Told of each event. */
  tally?: EventTally;
  /** Ends the reading. */
  signal?: AbortSignal;
}

/** Whoever counts events that go by. */
export interface EventTally {
  /**
   * Counts an event.
   *
   * @param streamKey The key of its stream's name: its UTF-8 bytes, one a character.
   * @param position Its position in the stream.
   * @param globalPosition Its global position.
   */
  add(streamKey: string, position: number, globalPosition: number): void;
}

/** Some events of an export: whole lines, and what is in them. */
export interface ExportPiece {
  /** The lines, each with its line end; empty where a source has looked and found nothing. */
  bytes: Uint8Array<ArrayBuffer>;
  /** How many they are. */
  events: number;
  /** Global position of the first of them, or of the first that was looked at. */
  first: number;
  /** The same of the last. */
  last: number;
  /** Of the categories that were asked for, those that have come by now. */
  categories: ReadonlySet<string>;
}

/** Where an export reads from: a server, by whatever it offers, or a store. */
export interface ExportSource {
  /**
   * Tells of links, where the source need not be read for that. Absent: it is read.
   *
   * @param query Which events' links count.
   * @param signal Ends it.
   * @returns The links; `undefined` where the source cannot tell of those that are asked for.
   */
  links?(query: LinkQuery, signal?: AbortSignal): Promise<LinkSource | undefined>;
  /**
   * The highest global position that a reader can see now.
   *
   * @param signal Ends the asking.
   * @returns The position, 0 for none; `null` when the source does not tell.
   */
  lastPosition(signal?: AbortSignal): Promise<number | null>;
  /**
   * Reads events. What fails and may pass is tried again here, after the last event read.
   *
   * @param query Which.
   * @returns The events.
   */
  read(query: SourceQuery): AsyncIterable<ExportPiece>;
}

/** What to export, and whom to tell. */
export interface ExportOptions extends Slice {
  /** Told of each event. */
  tally?: EventTally;
  /** Ends the export; it then throws the signal's reason. */
  signal?: AbortSignal;
  /** Called at the end with the patterns of streams and types that have matched nothing. */
  onUnmatched?: (unmatched: Unmatched) => void;
  /** Called when the upper bound is known: the highest global position that can come. */
  onBound?: (globalPosition: number | null) => void;
  /** Called with the last global position looked at, after each piece. */
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
 * @returns The events, each once; never an empty piece.
 * @throws {EventoDBError} `INVALID_REQUEST` when a time is none or `since` is after `until`;
 * `UNEXPECTED_ANSWER` when the source hands on positions that do not ascend; what the source throws.
 */
export async function* exportPieces(
  source: ExportSource,
  options: ExportOptions = {},
): AsyncGenerator<ExportPiece> {
  const { from = 0, tally, signal } = options;
  parseWindow(options);
  const highest = await source.lastPosition(signal) ?? undefined;
  const bound = highest === undefined ? options.to : Math.min(highest, options.to ?? highest);
  options.onBound?.(bound ?? null);
  const { slice, to = bound, unmatched } = await withoutLinks(source, options, bound);
  const filter = SliceFilter.of(slice);
  const categories = categoriesToRead(slice);
  const window = parseWindow(slice);
  const isNothing = highest === 0 || categories?.length === 0 ||
    (to !== undefined && to < from);

  let last = from - 1;
  const query = { categories, from, to, ...window, slice: filter && slice, signal };
  // What is filtered here is counted here.
  const pieces = source.read({ ...query, tally: filter === undefined ? tally : undefined });
  for await (const piece of isNothing ? [] : pieces) {
    signal?.throwIfAborted();
    if (piece.first <= last) throw notAscending(piece.first, last);
    last = piece.last;
    if (to !== undefined && last > to && piece.events > 0) throw aboveBound(last, to);
    const wanted = filter === undefined ? piece : selected(piece, filter, tally);
    if (wanted.events > 0) yield wanted;
    options.onProgress?.(last);
  }
  if (filter !== undefined) {
    options.onUnmatched?.({ ...filter.unmatched, ...unmatched && { streams: unmatched } });
  }
}

/** The slice without links, and where it ends: beyond that, nobody has looked for links. */
async function withoutLinks(
  source: ExportSource,
  options: ExportOptions,
  to: number | undefined,
): Promise<{ slice: Slice; to?: number; unmatched?: string[] }> {
  checkClosure(options);
  if (options.relatedTo === undefined) return { slice: options };
  const { followLinks } = await import("./reading/follow_links.ts");
  return await followLinks(source, options, to);
}

function selected(
  piece: ExportPiece,
  filter: SliceFilter,
  tally: EventTally | undefined,
): ExportPiece {
  const { bytes, events, first = piece.first, last = piece.last } = selectLines(
    piece.bytes,
    filter,
    ({ streamKey, position, globalPosition }) => tally?.add(streamKey, position, globalPosition),
  );
  return { bytes, events, first, last, categories: piece.categories };
}

/**
 * The error of a source whose positions do not ascend: a server that repeats itself, or goes back, must
 * not end up in a file that looks complete.
 *
 * @param globalPosition The position that came.
 * @param last The one that it had to be above.
 * @returns The error, to be thrown.
 */
export function notAscending(globalPosition: number, last: number): EventoDBError {
  return new EventoDBError(
    "UNEXPECTED_ANSWER",
    `Cannot export: the server sent global position ${globalPosition}, which is not above ${last}`,
    { details: { status: 200, globalPosition, last } },
  );
}

/** A server that does not stop where it was told to must not be followed for ever. */
function aboveBound(globalPosition: number, to: number): EventoDBError {
  return new EventoDBError(
    "UNEXPECTED_ANSWER",
    `Cannot export: the server sent global position ${globalPosition}, and was asked for ${to} at most`,
    { details: { status: 200, globalPosition, to } },
  );
}
