/**
 * The closure: some streams, and whatever is linked to them.
 *
 * A set of streams grows along links, against them or both ways, one link farther each time, until nothing is
 * new. What comes of it is the same however a source responds: in which order, how often, and of how many
 * streams at once.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import { closureEventsMax, linkPathsMax, linkStreamsAskedMax } from "../../limits.ts";
import { closureEventsDefault, closureStreamsMax } from "../limits.ts";
import { keyOfName } from "../../record/line_head.ts";
import { categoryOf } from "../../stream_name.ts";
import { FanOuts, tooLarge } from "./closure_size.ts";
import type { LinkSource, OddValues } from "../links/link_source.ts";
import { linkFields } from "../links/links.ts";
import type { Closure } from "./closure_result.ts";
import { rootsOf } from "./roots.ts";
import { SliceFilter } from "../slice_filter.ts";
import type { Slice } from "../slice.ts";

export type { Closure, ClosureReason } from "./closure_result.ts";

/** What of a slice says which streams are related. */
export type ClosureSlice = Pick<
  Slice,
  | "relatedTo"
  | "direction"
  | "depth"
  | "stopAt"
  | "eventsMax"
  | "links"
  | "excludeCategories"
  | "excludeStreams"
  | "sample"
>;

/**
 * Finds what is related to some streams.
 *
 * @param source Where links are looked up.
 * @param slice The streams, and how far to go from them.
 * @param signal Ends it.
 * @returns The streams.
 * @throws {EventoDBError} `INVALID_REQUEST`: a stream is not there, or is excluded; or there are more than
 * `eventsMax` events, with what brought them in the details.
 */
export async function closureOf(
  source: LinkSource,
  slice: ClosureSlice,
  signal?: AbortSignal,
): Promise<Closure> {
  checkClosure(slice);
  const growth = new Growth(source, slice, signal);
  let level = await rootsOf(source, slice);
  await growth.take(new Map(level.map((stream) => [stream, named])));
  for (let distance = 0; level.length > 0 && distance < (slice.depth ?? Infinity); distance++) {
    const found = await growth.neighbours(growth.followed(level, distance));
    await growth.take(found);
    level = [...found.keys()];
  }
  return await growth.closure();
}

/**
 * Checks what a slice says of a closure.
 *
 * @param slice The slice.
 * @throws {EventoDBError} `INVALID_REQUEST`: a field has a value that it cannot have, or has none to belong to.
 */
export function checkClosure(slice: ClosureSlice & Pick<Slice, "windowOnly">): void {
  const { relatedTo, direction, depth, stopAt, eventsMax, links, windowOnly } = slice;
  if (relatedTo === undefined) {
    const without = Object.entries({ direction, depth, stopAt, eventsMax, links, windowOnly })
      .find(([, value]) => value !== undefined && value !== false);
    if (without === undefined) return;
    throw invalid(`"${without[0]}" has no meaning without "relatedTo"`);
  }
  if (relatedTo.length === 0) throw invalid('"relatedTo" names no stream');
  if (direction !== undefined && !["causes", "effects", "both"].includes(direction)) {
    throw invalid(`"direction" must be causes, effects or both, got ${JSON.stringify(direction)}`);
  }
  if (depth !== undefined && !(Number.isSafeInteger(depth) && depth >= 0)) {
    throw invalid(`"depth" must be an integer of at least 0, got ${depth}`);
  }
  if (
    eventsMax !== undefined &&
    !(Number.isSafeInteger(eventsMax) && eventsMax >= 1 && eventsMax <= closureEventsMax)
  ) {
    throw invalid(`"eventsMax" must be an integer from 1 to ${closureEventsMax}, got ${eventsMax}`);
  }
  if (links !== undefined && links.length > linkPathsMax) {
    throw invalid(`"links" may have at most ${linkPathsMax} links, got ${links.length}`);
  }
  const stream = stopAt?.find((category) => category.includes("-"));
  if (stream !== undefined) {
    throw invalid(
      `"stopAt" takes categories, and ${JSON.stringify(stream)} is the name of a stream`,
    );
  }
}

function invalid(problem: string): EventoDBError {
  return new EventoDBError("INVALID_REQUEST", `Cannot find what is related: ${problem}`);
}

/**
 * What brought a stream: the link, as an even number where the stream is what an event links to, an odd one
 * where it has the event; and the stream it was found from. Of several the lowest is taken, so that the order
 * in which they are found does not matter.
 */
interface Arrival {
  readonly rank: number;
  readonly from: string;
}

const named: Arrival = { rank: -1, from: "" };

class Growth {
  readonly #source: LinkSource;
  readonly #slice: ClosureSlice;
  readonly #signal: AbortSignal | undefined;
  readonly #excluded: SliceFilter | undefined;
  readonly #stopAt: ReadonlySet<string>;
  readonly #eventsMax: number;
  /** Every stream so far, with its events; also those that are only linked to. */
  readonly #streams = new Map<string, number>();
  #events = 0;
  readonly #streamsByRank = new Map<number, number>();
  readonly #fanOuts = new FanOuts();

  constructor(source: LinkSource, slice: ClosureSlice, signal: AbortSignal | undefined) {
    this.#source = source;
    this.#slice = slice;
    this.#signal = signal;
    const { excludeCategories, excludeStreams } = slice;
    this.#excluded = SliceFilter.of({ excludeCategories, excludeStreams });
    this.#stopAt = new Set(slice.stopAt);
    this.#eventsMax = slice.eventsMax ?? closureEventsDefault;
  }

  /** Those of some streams beyond which links are followed: the named ones always. */
  followed(streams: readonly string[], distance: number): string[] {
    if (distance === 0 || this.#stopAt.size === 0) return [...streams];
    return streams.filter((stream) => !this.#stopAt.has(categoryOf(stream)));
  }

  /** The streams one link away from some that are new. */
  async neighbours(streams: readonly string[]): Promise<Map<string, Arrival>> {
    const { direction = "both" } = this.#slice;
    const found = new Map<string, Arrival>();
    for (const some of chunksOf(streams)) {
      this.#signal?.throwIfAborted();
      if (direction !== "effects") {
        for await (const { stream, target, link } of this.#source.linksFrom(some)) {
          this.#arrive(found, target, 2 * link, stream);
        }
      }
      if (direction !== "causes") {
        for await (const { stream, target, link } of this.#source.linksTo(some)) {
          this.#arrive(found, stream, 2 * link + 1, target);
        }
      }
    }
    return found;
  }

  #arrive(found: Map<string, Arrival>, stream: string, rank: number, from: string): void {
    if (this.#streams.has(stream)) return;
    const earlier = found.get(stream);
    if (earlier === undefined) {
      if (!this.#isWanted(stream)) return;
      if (this.#streams.size + found.size >= closureStreamsMax) {
        for (const { from } of found.values()) this.#fanOuts.add(from, 0);
        throw this.#tooLarge({ streamsMax: closureStreamsMax });
      }
    } else if (earlier.rank < rank || (earlier.rank === rank && earlier.from <= from)) return;
    found.set(stream, { rank, from });
  }

  /** Takes streams in, and counts their events. */
  async take(found: ReadonlyMap<string, Arrival>): Promise<void> {
    for (const some of chunksOf([...found.keys()])) {
      this.#signal?.throwIfAborted();
      const counts = await this.#source.countEvents(some);
      for (const [i, stream] of some.entries()) {
        const events = counts[i]!;
        this.#streams.set(stream, events);
        if (events === 0) continue;
        this.#events += events;
        const { rank, from } = found.get(stream)!;
        this.#streamsByRank.set(rank, (this.#streamsByRank.get(rank) ?? 0) + 1);
        if (rank >= 0) this.#fanOuts.add(from, events);
      }
    }
    if (this.#events > this.#eventsMax) throw this.#tooLarge({ eventsMax: this.#eventsMax });
    this.#fanOuts.endLevel();
  }

  async closure(): Promise<Closure> {
    const streams = new Set<string>();
    const unmatched = new Set(this.#stopAt);
    for (const [stream, events] of this.#streams) {
      if (events > 0) streams.add(stream);
      if (unmatched.size > 0) unmatched.delete(categoryOf(stream));
    }
    const odd: OddValues[] = await this.#source.oddValues();
    return {
      streams,
      events: this.#events,
      reasons: [...this.#streamsByRank].sort(([a], [b]) => a - b).map(([rank, streams]) => ({
        link: rank < 0 ? null : this.#nameOf(rank >> 1),
        direction: rank < 0 ? null : rank % 2 === 0 ? "causes" : "effects",
        streams,
      })),
      oddValues: odd.map(({ link, values }) => ({ link: this.#nameOf(link), values })),
      stopAtUnmatched: [...unmatched],
    };
  }

  #nameOf(link: number): string {
    return link < linkFields.length
      ? `metadata.${linkFields[link]}`
      : this.#slice.links![link - linkFields.length]!;
  }

  #isWanted(stream: string): boolean {
    return this.#excluded === undefined ||
      this.#excluded.wants({ streamKey: keyOfName(stream), stream, typeKey: "", type: "" });
  }

  #tooLarge(max: Parameters<typeof tooLarge>[1]): EventoDBError {
    return tooLarge(this.#slice.relatedTo!, max, this.#fanOuts.largest());
  }
}

function* chunksOf(streams: readonly string[]): Generator<string[]> {
  for (let at = 0; at < streams.length; at += linkStreamsAskedMax) {
    yield streams.slice(at, at + linkStreamsAskedMax);
  }
}
