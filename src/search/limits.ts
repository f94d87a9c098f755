/**
 * The bounds of one step of a search for text.
 *
 * @module
 */

import { KiB, MiB } from "../limits.ts";

/** A search returns what it has found after so many events. */
export const searchEventsMax: number = 250_000;
/** A search returns what it has found after this time, in milliseconds. */
export const searchMs: number = 1_000;
/** A search returns before its messages have more characters than this; a single message may have more. */
export const searchResponseCharsMax: number = 4 * MiB;
/** Bytes of JSON text that a search looks through at once. */
export const searchChunkBytes: number = 256 * KiB;
