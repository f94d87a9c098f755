/**
 * The bounds of a server: bodies, imports, verifications, responses, and how long each may wait.
 *
 * @module
 */

import { KiB, MiB } from "../limits.ts";

/** Most imports that run at the same time in one server. */
export const importsMax: number = 4;
/** Most imports that wait for another one to end. */
export const importsWaitingMax: number = 32;
/** How long an import or a verification waits for a slot before it is refused with 503, in milliseconds. */
export const importSlotWaitMs: number = 8_000;
/** A body that is slower than this gives way to others that wait, in bytes a second. */
export const bodyBytesPerSecondMin: number = 16 * KiB;
/** Over how long the speed of a body is measured, in milliseconds. */
export const bodySlowMs: number = 10_000;
/** Largest body of `POST /rpc` that needs no share of the memory for large ones, in bytes. */
export const smallBodyBytesMax: number = 64 * KiB;
/** Most bytes of large bodies of `POST /rpc` that are in memory before their calls run. */
export const largeBodiesBytesMax: number = 16 * MiB;
/** Most bytes of large bodies whose calls run at the same time. */
export const largeCallsBytesMax: number = 16 * MiB;
/** Most large bodies that wait for memory. */
export const largeBodiesWaitingMax: number = 256;
/** How long a large body waits for memory before it is refused with 503, in milliseconds. */
export const largeBodyWaitMs: number = 1_000;
/** Most imports at the same time that have lines longer than `ordinaryLineBytesMax`. */
export const longLineImportsMax: number = 1;
/** How long another import with a long line waits before it fails, in milliseconds. */
export const longLineWaitMs: number = 5_000;
/** How often the server reports to a client how much of its import's body has come in, in milliseconds. */
export const receivedEveryMs: number = 2_000;
/** How long a request's body may send nothing before the request is given up, in milliseconds. */
export const bodyStallMs: number = 60_000;
/** How long a reader may take nothing of a response before the server closes it, in milliseconds. */
export const readerStallMs: number = 60_000;
/** How often a server logs how far an index of links is, in milliseconds. */
export const linkIndexLogMs: number = 5_000;
/** Longest path that is logged, or named in an error, in characters. */
export const shownPathCharsMax: number = 200;
/** How often the speed of bodies is checked, in milliseconds; a late check shows how busy this server itself is. */
export const bodyCheckMs: number = 50;
/** Most server-sent events that wait for their reader; beyond it, only those that must not be lost are queued. */
export const eventsWaitingMax: number = 16;
/** How long a response waits for the related streams before its headers are sent without them, in milliseconds. */
export const relatedFirstMs: number = 20_000;
/** How long a response waits for the first lines of an export before its headers are sent, in milliseconds. */
export const exportFirstLineMs: number = 1_000;
/** Most bytes of a response that are handed over at once, so that each read of a slow reader shows as progress. */
export const sentChunkBytesMax: number = 64 * KiB;
/** How long connections may take to close once no request runs any more, in milliseconds. */
export const closingLingerMs: number = 250;
/** After how long without an event an export of a selection sends an empty line, in milliseconds. */
export const exportHeartbeatMs: number = 10_000;
/** Most verifications that one server runs at the same time: each may take some 100 MiB. */
export const verificationsMax: number = 2;
/** Most verifications that wait for another one to end. */
export const verificationsWaitingMax: number = 32;
/** Largest body of `POST /verify`, in bytes as it comes: it is kept in a temporary file. */
export const verifiedBodyBytesMax: number = 4 * 1024 * MiB;
/** How often a client is told how far its verification is, in milliseconds. */
export const verifiedEveryMs: number = 200;
/** How often a client that waits for its verification gets a heartbeat, in milliseconds. */
export const verifyHeartbeatMs: number = 2_000;
/** How long a browser may remember the response to a preflight, in seconds. */
export const preflightSeconds: number = 600;
/** How long a client is asked to wait when the server cannot respond now, in seconds. */
export const retryAfterSeconds: number = 5;
