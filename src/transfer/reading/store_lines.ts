/**
 * A slice of a store's namespace as the lines of an export: exact streams by their index, everything else by a
 * scan of what the slice's bounds leave, event by event.
 *
 * @module
 */

import { indexedEventsMax, searchedPositionsMax } from "../limits.ts";
import { keyOfName } from "../../record/line_head.ts";
import { Pattern } from "../../slice/pattern.ts";
import { selectLines } from "../../slice/select_lines.ts";
import type { Slice } from "../../slice/slice.ts";
import { categoriesToRead, SliceFilter } from "../../slice/slice_filter.ts";
import { categoryOf } from "../../stream_name.ts";
import type { EventIndex, TimeBounds } from "../../store/event_index.ts";
import type { MessageQuery, Store } from "../../store/store.ts";

type Lines = Uint8Array<ArrayBuffer>;

/** A slice whose positions are known and whose times are in UTC. */
export interface BoundSlice extends Slice {
  /** Lowest global position, inclusive. */
  from: number;
  /** Highest global position, inclusive. */
  to: number;
}

/**
 * Reads a slice, but for what it says of links.
 *
 * @param namespace The namespace's id.
 * @param slice Which events.
 * @returns Whole lines, each with its line end, in ascending global position; empty where the store has looked
 * and found nothing.
 */
export async function* storeLines(
  store: Store,
  namespace: string,
  slice: BoundSlice,
): AsyncGenerator<Lines, void> {
  const filter = SliceFilter.of(slice);
  const lines = candidateLines(store, namespace, slice);
  if (filter === undefined) return yield* lines;
  for await (const page of lines) yield selectLines(page, (head) => filter.wants(head));
}

/**
 * Reads the events among which those of a slice are, as few others as the store can tell apart: who reads them looks
 * at each by a {@linkcode SliceFilter}.
 *
 * @param namespace The namespace's id.
 * @param slice Which events.
 * @param goesOn Asked now and then, with the lowest global position that has not been looked at; where it returns
 * `false`, the reading ends with the lines below that.
 * @returns Whole lines, each with its line end, in ascending global position; never an empty page.
 */
export async function* candidateLines(
  store: Store,
  namespace: string,
  slice: BoundSlice,
  goesOn?: MessageQuery["goesOn"],
): AsyncGenerator<Lines, void> {
  yield* await linesByIndex(store, namespace, slice, goesOn) ??
    scannedLines(store, namespace, { ...slice, categories: categoriesToRead(slice) }, goesOn);
}

/** `undefined` where some stream is not named exactly, or the events are too many. */
async function linesByIndex(
  store: Store,
  namespace: string,
  slice: BoundSlice,
  goesOn: MessageQuery["goesOn"],
): Promise<AsyncGenerator<Lines, void> | undefined> {
  const streams = exactStreams(slice);
  if (streams === undefined) return undefined;
  const index = await store.openIndex(namespace);
  const { from, to } = slice;
  const positions = await index.positions({ streams, from, to, max: indexedEventsMax });
  if (positions === undefined || goesOn === undefined) {
    return positions && index.linesAt(positions, slice);
  }
  return linesInSteps(index, positions, slice, goesOn);
}

/** A window of time may leave nothing of many events. */
async function* linesInSteps(
  index: EventIndex,
  positions: Float64Array,
  window: TimeBounds,
  goesOn: (next: number) => boolean,
): AsyncGenerator<Lines, void> {
  for (let start = 0; start < positions.length; start += searchedPositionsMax) {
    const some = positions.subarray(start, start + searchedPositionsMax);
    yield* index.linesAt(some, window);
    if (!goesOn(some[some.length - 1]! + 1)) return;
  }
}

/** The streams that may be in a slice, where each of them is named. */
function exactStreams(slice: Slice): string[] | undefined {
  const names = exactNames(slice.streams);
  if (names === undefined) return undefined;
  const categories = slice.categories && new Set(slice.categories);
  const filter = new SliceFilter({ ...slice, types: undefined, excludeTypes: undefined });
  return names.filter((stream) =>
    (categories?.has(categoryOf(stream)) ?? true) &&
    filter.wants({ stream, streamKey: keyOfName(stream), type: "", typeKey: "" })
  );
}

/** The names that some patterns stand for, each once; `undefined` where there are none, or one has a star. */
function exactNames(patterns: readonly string[] | undefined): string[] | undefined {
  if (patterns === undefined) return undefined;
  const names = new Set<string>();
  for (const text of patterns) {
    const { literal } = new Pattern(text);
    if (literal === undefined) return undefined;
    names.add(literal);
  }
  return [...names];
}

async function* scannedLines(
  store: Store,
  namespace: string,
  slice: BoundSlice,
  goesOn: MessageQuery["goesOn"],
): AsyncGenerator<Lines, void> {
  const { categories, from, to, since, until } = slice;
  const types = exactNames(slice.types);
  const bounds = { categories, from, to, since, until };
  const query: MessageQuery = { ...bounds, types, limit: Infinity, goesOn };
  yield* store.readLines(namespace, query);
}
