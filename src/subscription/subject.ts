/**
 * What a subscription is about.
 *
 * @module
 */

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
