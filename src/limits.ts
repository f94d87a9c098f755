/**
 * Every bound of the package, with its unit. A buffer, queue or body that is not bounded by one of
 * these is a defect.
 *
 * @module
 */

const KiB = 1024;
const MiB = 1024 * KiB;

/** Longest stream name and message type, in bytes of UTF-8. */
export const nameBytesMax: number = 1024;
/** Longest namespace id, in bytes of UTF-8. */
export const namespaceBytesMax: number = 255;
/** Deepest nesting of arrays and objects in `data` or `metadata`. */
export const jsonDepthMax: number = 1000;
/** Longest line of an import, in bytes without its line end. */
export const lineBytesMax: number = 16 * MiB;
/** Largest body of `POST /rpc`, in bytes. */
export const rpcBodyBytesMax: number = 16 * MiB;
/** Most records that an import hands to the store at once. */
export const batchRecordsMax: number = 1000;
/** Most characters of record text that an import hands to the store at once. */
export const batchCharsMax: number = 4 * MiB;
/** Most messages that a store reads in one turn. */
export const pageMessagesMax: number = 1000;
/** A store ends a page once its payloads reach this many characters. */
export const pageCharsMax: number = 4 * MiB;
/** Largest `batchSize` of a read. */
export const batchSizeMax: number = 10_000;
/** `batchSize` of a read that names none. */
export const batchSizeDefault: number = 1000;
/** Most streams in one answer of `ns.streams`. */
export const streamsLimitMax: number = 1000;
/** Most imports that run at the same time in one server. */
export const importsMax: number = 4;
/** How long a write waits for an import into its namespace, in milliseconds. */
export const importWaitMs: number = 5_000;
/** How long a request's body may send nothing before the request is given up, in milliseconds. */
export const bodyStallMs: number = 60_000;
/** How long a reader may take nothing of an answer before it is broken off, in milliseconds. */
export const readerStallMs: number = 60_000;
/** How long a server that is told to stop lets running requests finish, in milliseconds. */
export const shutdownMs: number = 10_000;
/** Most pokes that wait in the server for one subscriber; what is beyond is read again later. */
export const feedQueueMax: number = 256;
/** How often an idle subscription gets a sign of life, in milliseconds. */
export const heartbeatMs: number = 15_000;
