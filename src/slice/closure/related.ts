/**
 * A slice of what is related → the same slice by the names of its streams.
 *
 * @module
 */

import { keyOfName } from "../../record/line_head.ts";
import { categoryOf } from "../../stream_name.ts";
import { type Closure, closureOf } from "./closure.ts";
import type { LinkSource } from "../links/link_source.ts";
import { literalPattern } from "../pattern.ts";
import type { Slice } from "../slice.ts";
import { SliceFilter } from "../slice_filter.ts";

/** What a slice of related events comes to. */
export interface RelatedSlice {
  /** The same events, without links: it names the streams one by one. */
  slice: Slice;
  /** The closure, before `categories` and `streams` have narrowed it. */
  closure: Closure;
  /** Those of the slice's `streams` that match none of its streams. */
  unmatched: string[];
}

/**
 * Follows the links of a slice.
 *
 * @param links Where links are looked up.
 * @param signal Ends it.
 * @returns What it comes to.
 * @throws {EventoDBError} As `closureOf`.
 */
export async function resolveRelated(
  links: LinkSource,
  slice: Slice,
  signal?: AbortSignal,
): Promise<RelatedSlice> {
  return sliceOfClosure(await closureOf(links, slice, signal), slice);
}

/**
 * Narrows a closure to what its slice means.
 *
 * @param slice The slice that it is of.
 * @returns What it comes to.
 */
export function sliceOfClosure(closure: Closure, slice: Slice): RelatedSlice {
  const { types, excludeTypes, from, to, categories, windowOnly } = slice;
  const filter = SliceFilter.of({ streams: slice.streams });
  const wanted = categories && new Set(categories);
  const streams: string[] = [];
  for (const stream of closure.streams) {
    if (wanted !== undefined && !wanted.has(categoryOf(stream))) continue;
    const isWanted = filter === undefined ||
      filter.wants({ streamKey: keyOfName(stream), stream, typeKey: "", type: "" });
    if (isWanted) streams.push(literalPattern(stream));
  }
  const window = windowOnly ? { since: slice.since, until: slice.until } : {};
  return {
    slice: { categories, streams, types, excludeTypes, from, to, ...window },
    closure,
    unmatched: filter?.unmatched.streams ?? [],
  };
}
