/**
 * How a consumer reads, and what it calls.
 *
 * @module
 */

import type { ConsumerGroup } from "../consumer_group.ts";
import type { PositionStore } from "./position_store.ts";

/** How {@linkcode consume} reads. */
export interface ConsumeOptions<Raw extends boolean = boolean> {
  /** Keeps the position. Default: in memory, from the beginning. */
  positionStore?: PositionStore;
  /** Only streams of this member of a group. Each member needs a position of its own. */
  consumerGroup?: ConsumerGroup;
  /** Only messages whose `metadata.correlationStreamName` is of this category. */
  correlation?: string;
  /**
   * Most messages to get at once, 1–10,000. Large messages come in smaller batches.
   *
   * @default {1000}
   */
  batchSize?: number;
  /**
   * Save the position after this many messages; it is also saved at the end of a batch.
   *
   * @default {100}
   */
  saveEvery?: number;
  /**
   * How often to look for messages without a poke, in milliseconds.
   *
   * @default {10_000}
   */
  pollIntervalMs?: number;
  /**
   * Hand payloads on as the exact JSON text that is stored, instead of parsing them.
   *
   * @default {false}
   */
  raw?: Raw;
  /**
   * What to do when the kept position is above the highest of the namespace, so that messages would be
   * skipped: throw `POSITION_AHEAD`, or wait for messages above it, as where a copy is to catch up.
   *
   * @default {"throw"}
   */
  onAhead?: "throw" | "wait";
  /** Ends the consumer, after the message that it has in hand. Nothing is thrown. */
  signal?: AbortSignal;
}

/** What a handler receives besides the message. */
export interface HandlerContext {
  /** Aborted when the consumer is to end: for what the handler waits for. */
  signal: AbortSignal;
}

/**
 * Handles a message. What it throws ends the consumer, and the message comes again when the consumer
 * is started the next time.
 */
export type MessageHandler<M> = (message: M, context: HandlerContext) => void | Promise<void>;
