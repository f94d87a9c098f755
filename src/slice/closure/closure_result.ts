/**
 * What a closure comes to.
 *
 * @module
 */

/** Why streams are in a closure. */
export interface ClosureReason {
  /**
   * The link that brought them: a field such as `metadata.correlationStreamName`, or a link as it was declared.
   * `null` for the streams that were named.
   */
  link: string | null;
  /**
   * Whether they are what events link to (`causes`), or have the events that link (`effects`). `null` for
   * the streams that were named.
   */
  direction: "causes" | "effects" | null;
  /** How many streams. One that several links would bring counts for the first of them alone. */
  streams: number;
}

/** Streams that belong together. */
export interface Closure {
  /** Their names. Only streams that have events. */
  streams: ReadonlySet<string>;
  /** How many events they have. */
  events: number;
  /** Why they are in it; the named streams first. */
  reasons: ClosureReason[];
  /** Values of declared links that name no stream. */
  oddValues: { link: string; values: number }[];
  /** Categories of `stopAt` of which no stream was found. */
  stopAtUnmatched: string[];
}
