/**
 * The bounds of Deno KV, those of its own first.
 *
 * @module
 */

import { MiB } from "../../limits.ts";

/** Largest value of Deno KV, in bytes as stored. */
export const kvValueBytesMax: number = 65_536;
/** Longest key of Deno KV, in bytes as stored. */
export const kvKeyBytesMax: number = 2_048;
/** Most changes in one atomic operation of Deno KV. */
export const kvMutationsMax: number = 1_000;
/** Most checks in one atomic operation of Deno KV. */
export const kvChecksMax: number = 100;
/** Most bytes of one atomic operation of Deno KV, keys and values. */
export const kvAtomicBytesMax: number = 819_200;
/** Most bytes of keys in one atomic operation of Deno KV. */
export const kvAtomicKeyBytesMax: number = 81_920;
/** Most keys that Deno KV looks up at once. */
export const kvGetsMax: number = 10;
/** Most look-ups of ten keys that one read or write has under way. */
export const kvGetsInFlightMax: number = 10;
/** Most entries that Deno KV lists at once. */
export const kvListMax: number = 1_000;
/** Most atomic operations that one import has under way. */
export const kvAtomicsInFlightMax: number = 4;
/** Most messages whose index entries an import of Deno KV collects, to write them in key order. */
export const kvIndexEntriesMax: number = 20_000;
/** Most characters of the stream names and ids of those messages. */
export const kvIndexCharsMax: number = 8 * MiB;
/** Most categories whose messages an import of Deno KV counts before it adds to the counters. */
export const kvCategoriesMax: number = 10_000;
/** Size of the Bloom filter in which an import of Deno KV remembers ids and positions, in bytes. */
export const kvSeenBytes: number = 16 * MiB;
/** Most layers of a namespace in Deno KV; an import that would add one more merges some first. */
export const kvLayersMax: number = 8;
/** How long an import in Deno KV counts as alive without a heartbeat, in milliseconds. */
export const kvLeaseMs: number = 10_000;
/** How often an import in Deno KV sends a heartbeat, in milliseconds. */
export const kvHeartbeatMs: number = 2_000;
/** How long the chunks of a large message may wait for the message itself, in milliseconds. */
export const kvChunksMs: number = 600_000;
/** How long an operation is retried while Deno KV is locked or written by other servers, in milliseconds. */
export const kvRetryMs: number = 10_000;
/** Fewest failed attempts that mean that other servers are always faster. */
export const kvAttemptsMin: number = 10;
/** How long Deno KV may take to respond, in milliseconds. */
export const kvResponseMs: number = 30_000;
/** How long the first response of Deno KV may take, when a server starts, in milliseconds. */
export const kvOpenMs: number = 10_000;
/** How long a server relies on what it read of a namespace in a remote Deno KV, in milliseconds. */
export const kvRegistrationMs: number = 1_000;
/** How often a server looks for what others have committed to a file of Deno KV, in milliseconds. */
export const kvFollowMs: number = 250;
/** How often it looks in a remote Deno KV, where every look costs, in milliseconds. */
export const kvFollowRemoteMs: number = 1_000;
/** Most runs of global positions that an import in Deno KV stores for other servers. */
export const kvImportedRunsMax: number = 100;
/** Disk space that is reserved beside a file of Deno KV: twice its log, in bytes. */
export const kvReserveBytes: number = 8 * MiB;
/** The disk space is reserved once the file has grown by this much, in bytes. */
export const kvReserveAfterBytes: number = 1 * MiB;
/** Once the reserve has been released, a file grows only while it has so many free bytes inside. */
export const kvFreeBytesMin: number = 2 * MiB;
/** How long after a failed attempt the disk space is reserved again, in milliseconds. */
export const kvReserveRetryMs: number = 1_000;
/** How long after a failed attempt the maintenance of a file of Deno KV runs again, in milliseconds. */
export const kvMaintenanceRetryMs: number = 2_000;
/** Largest description and metadata of a namespace in Deno KV together, in bytes. */
export const kvRegistrationBytesMax: number = 60_000;
/** Fewest entries of Deno KV that are listed at once. */
export const kvListMin: number = 16;
/** Most entries with whole messages that are listed at once, each of them up to 64 KiB. */
export const kvCursorMessagesMax: number = 500;
/** Most entries with whole messages that are listed before it is known how large they are. */
export const kvFirstMessagesMax: number = 100;
/**
 * Messages are listed as a range, rather than each looked up by its key, where the range has at
 * most this many times as many.
 */
export const kvSpareFetchesMax: number = 2;
/** Most counters that are moved in one step when layers are merged. */
export const kvMergeCountersMax: number = 200;
/** Most messages that are copied in one step when layers are merged. */
export const kvMergeMessagesMax: number = 200;
/**
 * Most bytes of a value of several fields. Those of a namespace are a few hundred, bounded by the
 * most layers and the longest time.
 */
export const kvFieldsBytesMax: number = 4_096;
/** Most messages that are looked up by their keys at once, each of them up to the size of a value. */
export const kvReadFetchMax: number = 200;
/** How long a statement on the file itself waits for the locks of Deno KV, in milliseconds. */
export const kvReserveBusyMs: number = 2_000;
/** Longest pause before an operation is retried, in milliseconds. */
export const kvRetryPauseMsMax: number = 100;
/** Most streams that Deno KV reads at once. */
export const kvStreamsAtOnceMax: number = 16;
/** Most entries that are deleted at once: their values are read too, and may be large. */
export const kvDeletedAtOnceMax: number = 500;
/** Most streams whose highest positions an import of Deno KV remembers. */
export const kvStreamsKeptMax: number = 10_000;
