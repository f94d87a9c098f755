/**
 * Looks for events of a store by their text and by what a slice selects: a bounded part of a namespace at a time.
 *
 * @module
 */

import { searchEventsMax, searchMs } from "./limits.ts";
import type { Message } from "../message.ts";
import { formatRecords } from "../record/format.ts";
import type { RequestedSlice } from "../slice/slice_fields.ts";
import { SliceFilter } from "../slice/slice_filter.ts";
import type { SearchPage } from "../search_page.ts";
import { isWithin } from "../slice/window.ts";
import type { Store } from "../store/store.ts";
import { categoryOf } from "../stream_name.ts";
import { candidateLines } from "../transfer/reading/store_lines.ts";
import { Findings } from "./findings.ts";
import { TextFinder } from "./text_finder.ts";

/** What is looked for. All that is given must hold. */
export interface EventSearch extends RequestedSlice {
  /** A text in the payload, in the metadata or in a name, whatever its case. */
  text?: string;
  /** The message's id. */
  id?: string;
  /** Most messages. */
  limit: number;
}

/** After how much a search returns what it has found. */
export interface SearchBounds {
  /** Events looked at: with the rest of the page in which so many are reached. */
  eventsMax: number;
  /** How long, in milliseconds. */
  ms: number;
}

/**
 * Looks for events: until there are enough, or it has looked at many, or for long. At least one page of them is
 * looked at, so that whoever goes on from `next` comes to the end.
 *
 * @param namespace The namespace's id.
 * @param wanted What is looked for.
 * @param bounds When it returns.
 * @returns The messages, each as the array in which `category.get` has it.
 * @throws {EventoDBError} `BACKEND_ERROR` also when the namespace's messages are replaced meanwhile.
 */
export async function search(
  store: Store,
  namespace: string,
  wanted: EventSearch,
  bounds: SearchBounds = { eventsMax: searchEventsMax, ms: searchMs },
): Promise<SearchPage<string>> {
  const { text, id, limit, ...slice } = wanted;
  const { globalPosition } = await store.namespaceInfo(namespace);
  const to = Math.min(slice.to ?? Infinity, globalPosition);
  const findings = new Findings({
    filter: SliceFilter.of(slice),
    finder: text === undefined ? undefined : new TextFinder(text),
    limit,
  });
  if (id !== undefined) {
    const message = await store.findMessage(namespace, id);
    if (message !== null && isBetween(message, slice)) {
      await findings.take(new TextEncoder().encode(formatRecords([message])));
    }
    return pageOf(findings, null, to);
  }
  const deadline = performance.now() + bounds.ms;
  const isOver = () => performance.now() >= deadline;
  /** Where the store has ended the reading; what it has read by then may still be on its way. */
  let stoppedAt: number | null = null;
  const goesOn = (next: number) => {
    if (isOver()) stoppedAt = next;
    return stoppedAt === null;
  };
  for await (const lines of candidateLines(store, namespace, { ...slice, to }, goesOn)) {
    await findings.take(lines);
    if (findings.isFull || findings.looked >= bounds.eventsMax || isOver()) {
      return pageOf(findings, findings.next, to);
    }
  }
  return pageOf(findings, stoppedAt, to);
}

function pageOf(
  { messages, looked }: Findings,
  next: number | null,
  to: number,
): SearchPage<string> {
  const isEnd = next === null || next > to;
  return { messages, next: isEnd ? null : next, position: isEnd ? to : next! - 1, looked };
}

/** Whether a message is within the bounds by which a store chooses. */
function isBetween(
  { stream, time, globalPosition }: Message,
  { categories, from, to = Infinity, since, until }: RequestedSlice,
): boolean {
  return globalPosition >= from && globalPosition <= to && isWithin(time, { since, until }) &&
    (categories?.includes(categoryOf(stream)) ?? true);
}
