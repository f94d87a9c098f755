/**
 * The poke: word that a message is there, and where. The message itself is read by whoever wants it.
 *
 * @module
 */

/** Where a message stands. */
export interface Poke {
  /** Its stream. */
  readonly stream: string;
  /** Place in its stream. */
  readonly position: number;
  /** Place in its namespace. */
  readonly globalPosition: number;
}

/** What a subscription is about: one stream, or a namespace's messages through filters. */
export type Subject =
  | { readonly stream: string }
  | {
    /** A category; absent for all messages. */
    readonly category?: string;
    /** Only streams of this member. */
    readonly consumerGroup?: { readonly member: number; readonly size: number };
    /** Only messages whose correlation stream name is of this category. */
    readonly correlation?: string;
  };
