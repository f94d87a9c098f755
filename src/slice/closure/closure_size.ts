/**
 * What makes a closure too large, and what would help.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import { excerpt } from "../../excerpt.ts";
import { closureFanOutsNamedMax } from "../limits.ts";
import { categoryOf } from "../../stream_name.ts";

/** A stream from which others were found. */
export interface FanOut {
  /** Its name. */
  stream: string;
  /** How many streams were found from it. */
  streams: number;
  /** How many events those have. */
  events: number;
}

/** Keeps the streams from which the most events were found. */
export class FanOuts {
  #largest: FanOut[] = [];
  /** Those of the level that is being counted: each stream is followed in one level only. */
  #level = new Map<string, FanOut>();

  /** Counts a stream that was found from another one. */
  add(from: string, events: number): void {
    let fanOut = this.#level.get(from);
    if (fanOut === undefined) {
      this.#level.set(from, fanOut = { stream: from, streams: 0, events: 0 });
    }
    fanOut.streams++;
    fanOut.events += events;
  }

  endLevel(): void {
    this.#largest = this.largest();
    this.#level.clear();
  }

  /** The largest so far, the largest first; those are left out that brought one stream, or less than a tenth of it. */
  largest(): FanOut[] {
    const sorted = [...this.#largest, ...this.#level.values()]
      .sort((a, b) =>
        b.events - a.events || b.streams - a.streams || (a.stream < b.stream ? -1 : 1)
      );
    const matters = ({ streams, events }: FanOut, i: number) =>
      i === 0 || (streams > 1 && 10 * events >= sorted[0]!.events);
    return sorted.filter(matters).slice(0, closureFanOutsNamedMax);
  }
}

/**
 * The error of a closure that is too large.
 *
 * @param relatedTo The streams that were named.
 * @param max How many events or streams it may have.
 * @param fanOuts The streams that brought the most.
 * @returns The error, to be thrown. Its details have the categories at which to stop.
 */
export function tooLarge(
  relatedTo: readonly string[],
  max: { eventsMax: number } | { streamsMax: number },
  fanOuts: readonly FanOut[] = [],
): EventoDBError {
  const [first, ...others] = relatedTo;
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  const most = fanOuts.map(({ stream, streams, events }) =>
    `${JSON.stringify(excerpt(stream))} (${counted(streams, "stream")}, ${
      counted(events, "event")
    })`
  );
  const why = most.length === 0 ? "" : `. Most of them come from ${most.join(", ")}`;
  const bound = "eventsMax" in max
    ? counted(max.eventsMax, "event")
    : counted(max.streamsMax, "stream");
  const named = new Set(relatedTo);
  const stopAt = fanOuts.filter(({ stream }) => !named.has(stream)).map(({ stream }) =>
    categoryOf(stream)
  );
  return new EventoDBError(
    "INVALID_REQUEST",
    `What is related to ${JSON.stringify(excerpt(first!))}${more} has more than ${bound}${why}`,
    { details: { ...max, fanOuts, stopAt: [...new Set(stopAt)] } },
  );
}

function counted(count: number, unit: string): string {
  return `${count.toLocaleString("en-US")} ${unit}${count === 1 ? "" : "s"}`;
}
