/**
 * Which events of a namespace, a store or a file are meant.
 *
 * @module
 */

/**
 * Which events are wanted. All that is given must hold; within one list, any of it. Names of streams and types
 * are patterns: `*` stands for any text, `\*` for itself. An empty slice means everything.
 */
export interface Slice {
  /** Only these categories. A name with `-` is that of a stream, and refused. */
  categories?: readonly string[];
  /** Only these streams. */
  streams?: readonly string[];
  /** Only these types. */
  types?: readonly string[];
  /** No events of these categories. */
  excludeCategories?: readonly string[];
  /** No events of these streams. */
  excludeStreams?: readonly string[];
  /** No events of these types. */
  excludeTypes?: readonly string[];
  /** Only messages at or after this time: RFC 3339, or `YYYY-MM-DD` for midnight UTC. */
  since?: string;
  /** Only messages before this time, in the same forms. */
  until?: string;
  /**
   * Lowest global position, inclusive. Default: that of the first message, which may be 0 in a store
   * that was written in Go.
   */
  from?: number;
  /** Highest global position, inclusive. Default: the highest that there is at the start. */
  to?: number;
  /**
   * A share of the entities, above 0, at most 1. An entity is a cardinal id, so that its streams come whole
   * or not at all, and the same ones each time: those of 0.05 are among those of 0.1. Streams without an id
   * always come.
   */
  sample?: number;
  /**
   * These streams, and whatever is linked to them: the closure. Streams come whole, then. `categories`,
   * `streams`, `types`, `excludeTypes` and `from` narrow what comes, not what is followed; excluded categories and
   * streams are neither followed nor do they come.
   */
  relatedTo?: readonly string[];
  /** Along links (`causes`), against them (`effects`), or both. @default "both" */
  direction?: "causes" | "effects" | "both";
  /** At most so many links away. Default: any number. */
  depth?: number;
  /** Categories whose streams are included, but beyond which no links are followed. */
  stopAt?: readonly string[];
  /** The most events that a closure may have; above it, it fails. @default 1_000_000 */
  eventsMax?: number;
  /** Links that payloads hold, beside those that metadata does: `data.orderId=order-{}`. */
  links?: readonly string[];
  /** `since` and `until` bound what comes of a closure, too, and not only which links are followed. */
  windowOnly?: boolean;
}

/** The part of a slice that every store and server chooses by itself. The rest is decided event by event. */
export type SliceBounds = Pick<Slice, "categories" | "since" | "until" | "from" | "to">;
