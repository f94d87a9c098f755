/**
 * The bounds of exports and imports.
 *
 * @module
 */

import { KiB, MiB } from "../limits.ts";

/** Most characters of payloads in the pages of an export, one page a category, together. */
export const exportPagesCharsMax: number = 16 * MiB;
/** Fewest characters of payloads that the page of each category may have. */
export const exportPageCharsMin: number = 64 * KiB;
/** Most batches that a store is given before it has written the first of them, so that it never waits for one. */
export const importBatchesWaitingMax: number = 3;
/** Most chunks of an export, of 64 KiB or less, that are fetched ahead of their reader. */
export const exportChunksAheadMax: number = 8;
/**
 * Most positions of events that are kept in memory to read streams by an index, 8 bytes each; of
 * more, all events are scanned.
 */
export const indexedEventsMax: number = 2_000_000;
/** Most positions of an index of streams that a search looks at before it asks whether to go on. */
export const searchedPositionsMax: number = 4_000;
