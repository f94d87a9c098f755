/**
 * What to subscribe to, and when to give a connection up.
 *
 * @module
 */

import type { ConsumerGroup } from "../consumer_group.ts";
import type { CallOptions } from "./options.ts";

/** What every subscription takes. Its signal ends the loop over it; nothing is thrown. */
export interface SubscribeOptions extends CallOptions {
  /**
   * First position to be notified of, inclusive: of the stream for a stream, global otherwise.
   *
   * @default {0}
   */
  position?: number;
  /**
   * How long a connection may be silent before the subscription reconnects, in
   * milliseconds; `Infinity` for any time. A server sends a heartbeat every 15 s; one that sends
   * none, as those written in Go, is simply connected to again.
   *
   * @default {45_000}
   */
  idleTimeoutMs?: number;
  /**
   * Most retries in a row after a connection that failed. Default: those of the client for the first
   * connection, then without end.
   */
  retries?: number;
}

/** What a subscription to all messages takes. */
export interface SubscribeToAllOptions extends SubscribeOptions {
  /** Only messages whose `metadata.correlationStreamName` is of this category. Not every server can. */
  correlation?: string;
  /**
   * Leave out existing messages, and begin with what is written or imported from now on. Default:
   * begin with the first message, or with `position`, which may not be given beside this.
   */
  from?: "now";
}

/** What a subscription to a category takes. */
export interface SubscribeToCategoryOptions extends SubscribeOptions {
  /** Only messages whose `metadata.correlationStreamName` is of this category. Not every server can. */
  correlation?: string;
  /** Only streams of this member of a group. */
  consumerGroup?: ConsumerGroup;
}
