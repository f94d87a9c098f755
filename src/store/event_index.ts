/**
 * The contract of reading by index rather than by position: the events of some streams, wherever they lie.
 *
 * @module
 */

import type { StreamLink } from "../slice/links/link_source.ts";

/** Links of events, a page at a time. */
export type LinkPages = AsyncGenerator<readonly StreamLink[], void>;

/** Lines of an export, a page at a time. */
export type LinePages = AsyncGenerator<Uint8Array<ArrayBuffer>, void>;

/** Which of some streams' events are meant. */
export interface PositionsQuery {
  /** The streams' names, each once. */
  streams: readonly string[];
  /** Lowest global position, inclusive. */
  from: number;
  /** Highest global position, inclusive. */
  to: number;
  /** Most positions that are kept; above it there is no result. */
  max: number;
}

/** A window of time, its bounds in the form of a message's time. */
export interface TimeBounds {
  /** Its start, inclusive. */
  since?: string;
  /** Its end, exclusive. */
  until?: string;
}

/** Which events' links count. */
export interface LinkBounds extends TimeBounds {
  /** Highest global position, inclusive: events above it do not exist. Absent: none is above it. */
  to?: number;
}

/**
 * Finds a namespace's events by their streams. Everything that is read through one index is of the same set of
 * messages: once the namespace's messages have been replaced, every method throws `BACKEND_ERROR`, and once it
 * has been deleted, `NAMESPACE_NOT_FOUND`.
 */
export interface EventIndex {
  /**
   * Finds where the events of streams are, by the index of streams: what other streams hold costs nothing.
   *
   * @returns Their global positions in ascending order; `undefined` when they are more than the query allows.
   */
  positions(query: PositionsQuery): Promise<Float64Array<ArrayBuffer> | undefined>;
  /**
   * Counts the events of streams.
   *
   * @param streams The streams' names, each once.
   * @param to Highest global position, inclusive.
   * @returns A count for each stream, in their order.
   */
  counts(streams: readonly string[], to: number): Promise<number[]>;
  /**
   * Reads the links of the events at some global positions. A position without an event is passed over.
   *
   * @param positions The positions in ascending order, each once.
   */
  linksAt(positions: Float64Array, window?: TimeBounds): LinkPages;
  /**
   * Reads the events at some global positions as the lines of an export, byte for byte what `formatRecords`
   * makes of them. A position without an event is passed over.
   *
   * @param positions The positions in ascending order, each once.
   * @returns Pages of at least one line; their bytes are the caller's.
   */
  linesAt(positions: Float64Array, window?: TimeBounds): LinePages;
}

/** Collects global positions, up to a bound. */
export class PositionList {
  readonly #max: number;
  readonly #positions: number[] = [];

  /** @param max Most positions. */
  constructor(max: number) {
    this.#max = max;
  }

  /** Whether more were added than there may be. */
  get isFull(): boolean {
    return this.#positions.length > this.#max;
  }

  /** Adds a position, in any order. */
  add(position: number): void {
    this.#positions.push(position);
  }

  /** All of them in ascending order, each once; `undefined` when they are too many. */
  sorted(): Float64Array<ArrayBuffer> | undefined {
    if (this.isFull) return undefined;
    const sorted = Float64Array.from(this.#positions).sort();
    let kept = 0;
    for (const position of sorted) {
      if (kept === 0 || position !== sorted[kept - 1]) sorted[kept++] = position;
    }
    return sorted.subarray(0, kept);
  }
}
