/**
 * The bounds of the methods of `POST /rpc`.
 *
 * @module
 */

import { jsonDepthMax } from "../limits.ts";

/** Most fields of an object of options, or of a message, in a call. */
export const objectFieldsMax: number = 1000;
/** Deepest nesting of a body that is parsed at all; each argument has a bound of its own. */
export const rpcBodyDepthMax: number = 2 * jsonDepthMax;
/** Most characters of a text that is searched for. */
export const searchTextCharsMax: number = 1_000;
/** Most messages of a search that names no limit. */
export const searchLimitDefault: number = 100;
/** Highest limit that a search may name. */
export const searchLimitMax: number = 1_000;
/** Most searches that one server works on at the same time. */
export const searchesMax: number = 4;
/** Most searches that wait for another one to end. */
export const searchesWaitingMax: number = 256;
/** How long a search waits before it is refused with 503, in milliseconds. */
export const searchWaitMs: number = 10_000;
/** Most streams that `ns.streams` lists where it names no limit. */
export const streamsLimitDefault: number = 100;
