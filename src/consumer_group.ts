/**
 * Consumer groups, in which each member reads its share of the streams.
 *
 * @module
 */

/** One member's place in a consumer group. */
export interface ConsumerGroup {
  /** This member: an integer from 0 to `size` − 1. */
  member: number;
  /** How many members there are: an integer from 1. */
  size: number;
}
