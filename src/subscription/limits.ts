/**
 * The bounds of subscriptions.
 *
 * @module
 */

/** Most pokes that wait in the server for one subscriber; what is beyond is read again later. */
export const feedQueueMax: number = 256;
/** Most imports below its position that a lagging subscriber remembers separately. */
export const feedImportsMax: number = 8;
