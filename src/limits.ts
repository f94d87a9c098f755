/**
 * The bounds that several folders have to agree on, each with its unit. Those of one folder alone stand in
 * its own `limits.ts`. A buffer, queue or body that is not bounded by one of them is a defect.
 *
 * @module
 */

/** 1,024 bytes. */
export const KiB: number = 1024;
/** 1,024 KiB, in bytes. */
export const MiB: number = 1024 * KiB;

/** Longest stream name and message type, in bytes of UTF-8. */
export const nameBytesMax: number = 1024;
/** Longest message id, in bytes of UTF-8. */
export const messageIdBytesMax: number = 255;
/** Longest namespace id, in bytes of UTF-8. */
export const namespaceBytesMax: number = 255;
/** Longest token: `ns_`, a namespace id of 255 bytes in base64url, `_` and 64 hex digits; in characters. */
export const tokenCharsMax: number = 3 + Math.ceil(namespaceBytesMax / 3) * 4 + 1 + 64;
/** Most namespaces whose spelling in tokens is remembered. */
export const tokenSpellingsMax: number = 1000;
/** Deepest nesting of arrays and objects in `data` or `metadata`. */
export const jsonDepthMax: number = 1000;
/** Longest line of an import, in bytes without its line end. */
export const lineBytesMax: number = 16 * MiB;
/** Largest body of `POST /rpc`, in bytes. */
export const rpcBodyBytesMax: number = 16 * MiB;
/** How long work on one thing goes on before others get a tick, in milliseconds. */
export const timeSliceMs: number = 10;
/** Most records that an import hands to the store at once. */
export const batchRecordsMax: number = 1000;
/** Most characters of record text that an import hands to the store at once. */
export const batchCharsMax: number = 1 * MiB;
/** Most messages that a store reads in one tick. */
export const pageMessagesMax: number = 1000;
/** A store ends a page once its payloads reach this many characters. */
export const pageCharsMax: number = 4 * MiB;
/** Largest `batchSize` of a read. */
export const batchSizeMax: number = 10_000;
/** `batchSize` of a read that names none. */
export const batchSizeDefault: number = 1000;
/** Most streams in one response of `ns.streams`. */
export const streamsLimitMax: number = 1000;
/** How long a server that is stopping lets running requests finish, in milliseconds. */
export const shutdownMs: number = 10_000;
/** How often an idle subscription gets a heartbeat, in milliseconds. */
export const heartbeatMs: number = 15_000;
/**
 * After this long without progress an upload is reported to stand still, in milliseconds. With the
 * 2 s after which a server repeats how much it has received, and a check every half a second, that
 * is within 10 s.
 */
export const uploadStandstillMs: number = 7_000;
/** Longest message in a server's response that a client reads, in characters. */
export const elementCharsMax: number = 64 * MiB;
/** Most streams whose links a closure asks for at once. */
export const linkStreamsAskedMax: number = 1_000;
/** Most events that a closure may be allowed to have. */
export const closureEventsMax: number = 100_000_000;
/** Most paths of links (`data.orderId=order-{}`) that may be declared. */
export const linkPathsMax: number = 32;
/** Largest body of `POST /export`, in bytes. */
export const exportBodyBytesMax: number = rpcBodyBytesMax;
/** Longest pattern of streams or types, in bytes: each byte of a name may be escaped. */
export const patternBytesMax: number = 2 * nameBytesMax;
/** Largest masking policy, in bytes. */
export const policyBytesMax: number = 4 * MiB;
/** Most characters of a value that a message repeats. */
export const excerptCharsMax: number = 60;
