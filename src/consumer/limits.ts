/**
 * The bounds of a consumer.
 *
 * @module
 */

/** Most messages that a consumer gets at once. */
export const consumerBatchMessages: number = 1000;
/** A consumer saves its position after this many messages, and at the end of a batch. */
export const consumerSaveEvery: number = 100;
/** How often a consumer looks for messages without a poke, in milliseconds. */
export const consumerPollMs: number = 10_000;
