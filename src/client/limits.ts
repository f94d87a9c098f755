/**
 * The bounds of the client: what it reads and keeps, how long it waits, how often it tries again.
 *
 * @module
 */

import { heartbeatMs, KiB, MiB } from "../limits.ts";

/** How long a server may send nothing before a client gives the request up, in milliseconds. */
export const responseStallMs: number = 30_000;
/** The same for an import, whose commit may take its time, in milliseconds. */
export const importStallMs: number = 600_000;
/** Largest stream that is uploaded from a browser, which has to hold it whole, in bytes. */
export const browserUploadBytesMax: number = 1024 * MiB;
/** The slowest network that a body is sent over where nobody sees it go, in bytes a millisecond. */
export const slowestUploadBytesPerMs: number = 64;
/** What is kept of an upload until the server responds, to be sent once more, in bytes. */
export const uploadKeptBytesMax: number = 4 * MiB;
/** After so many bytes an upload pauses for the response to begin. */
export const uploadFirstBytes: number = 64 * KiB;
/** How long that pause may be, in milliseconds. */
export const uploadResponseWaitMs: number = 500;
/** How long an upload waits for a slot in a server that runs as many imports as it may, in milliseconds. */
export const importPlaceWaitMs: number = 600_000;
/** Most retries of a request whose failure may be temporary. */
export const retriesDefault: number = 5;
/** Wait before the first retry, in milliseconds; it doubles with each, and is stretched at random. */
export const retryDelayMs: number = 250;
/** Longest wait before a retry, in milliseconds. */
export const retryDelayMaxMs: number = 15_000;
/** How long a client tries to reach a server that has never responded to it, in milliseconds. */
export const firstContactMs: number = 3_000;
/** Longest response of `GET /version` that a client reads, in characters. */
export const versionCharsMax: number = 64 * KiB;
/** Longest response that a client reads as a whole, in characters. */
export const responseCharsMax: number = 64 * MiB;
/** Most characters of messages that a client hands over in one array. */
export const messagesCharsMax: number = 256 * MiB;
/** Most bytes of an error response that a client reads. */
export const errorBodyBytesMax: number = 64 * KiB;
/** Longest server-sent event that a client reads, in characters. */
export const eventCharsMax: number = 1 * MiB;
/** Most lines of a stream of events that a client passes over, since it does not know them. */
export const unknownLinesMax: number = 1000;
/** How long a subscription may bring nothing before it reconnects: three heartbeats, in milliseconds. */
export const subscriptionIdleMs: number = 3 * heartbeatMs;
/** Most characters of a response that are looked at to find out which server sent it. */
export const foreignExcerptCharsMax: number = 1000;
/** Most characters before the first poke in which a server may report an error of the subscription. */
export const subscriptionErrorCharsMax: number = 1_000;
/** How often an upload is checked for progress, in milliseconds. */
export const uploadCheckMs: number = 500;
/** So many reports of the same count of bytes show that the server waits for bytes, and not for its disk. */
export const sameCountsMin: number = 2;
/** Longest path and query of `GET /export` that a client sends; beyond it, it sends `POST /export`. */
export const exportQueryCharsMax: number = 4_000;
