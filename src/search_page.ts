/**
 * What a search has found so far.
 *
 * @module
 */

/** A page of a search. */
export interface SearchPage<M> {
  /** The messages, by global position. */
  messages: M[];
  /** The global position from which to go on, as `from`; `null` at the end. */
  next: number | null;
  /**
   * Up to which global position, inclusive, everything has been found: `next - 1`, and at the end the highest that
   * there was.
   */
  position: number;
  /** How many events were looked at. */
  looked: number;
}
