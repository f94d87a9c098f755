/**
 * The bounds of selections, closures, manifests, `verify`, `inspect` and `diff`.
 *
 * @module
 */

import { KiB, MiB } from "../limits.ts";

/** Most categories that are asked for because of the streams that are selected; of more, all are read. */
export const streamCategoriesMax: number = 100;
/** Most streams of which a manifest keeps what it knows in memory; more go to a temporary file. */
export const sliceStreamsInMemoryMax: number = 250_000;
/** Most bytes of the names of those streams. */
export const sliceNameBytesMax: number = 32 * MiB;
/** Most categories that a manifest names as those that links lead to out of its file. */
export const manifestLinkCategoriesMax: number = 10_000;
/** Most message ids whose hashes `verify` keeps in memory, 8 bytes each; more go to a temporary file. */
export const repeatHashesInMemoryMax: number = 1_000_000;
/** Most ids and positions that `verify` looks at again because they may be repeated. */
export const repeatSuspectsMax: number = 100_000;
/** Most positions of streams that `verify` keeps while it looks at those that may be repeated. */
export const repeatLinesMax: number = 1_000_000;
/** Most problems that `verify` names one by one; all of them are counted. */
export const problemsNamedMax: number = 20;
/** Most streams that `verify` asks a namespace for by name; more are read by category. */
export const verifyStreamsNamedMax: number = 100;
/** Most streams whose versions `verify` asks for one by one; of more, it reads the listing. */
export const nextWriteStreamsMax: number = 200;
/** Most of these questions that are under way at once. */
export const nextWriteRequestsMax: number = 8;
/** Most categories, and most streams, that `verify` of a namespace reads by name, spread evenly. */
export const namespaceQuestionsMax: number = 1_000;
/** Most events that it reads of each of these streams. */
export const streamBeginningMax: number = 1_000;
/** Most types that `inspect` counts one by one. */
export const inspectTypesMax: number = 10_000;
/** Most time gaps that `inspect` names. */
export const timeGapsMax: number = 5;
/** Most streams that `inspect` names as the largest. */
export const largestStreamsMax: number = 10;
/** Most differences that `diff` names one by one; all of them are counted. */
export const differencesNamedMax: number = 20;
/** Most paths that `diff` names in one payload. */
export const differencePathsMax: number = 20;
/** Deepest nesting down to which `diff` looks for a difference. */
export const differenceDepthMax: number = 32;
/** Longest JSON text that `diff` takes apart, in characters. */
export const differenceCharsMax: number = 1 * MiB;
/** Most characters that `diff` keeps of a text that differs. */
export const differenceTextCharsMax: number = 64 * KiB;
/** Most events of a closure where `eventsMax` is not given. */
export const closureEventsDefault: number = 1_000_000;
/** Most streams of a closure, which are kept in memory. */
export const closureStreamsMax: number = 1_000_000;
/** Most streams that are named in the error about a closure that is too large. */
export const closureFanOutsNamedMax: number = 5;
/** Most names of streams that are searched for the one that a wrong name may mean. */
export const nearestStreamsMax: number = 50_000;
/** Most streams whose links are kept in memory while a source is read; more go to a temporary file. */
export const linkStreamsInMemoryMax: number = 1_000_000;
/** Most characters of the names of those streams. */
export const linkNameCharsInMemoryMax: number = 64 * MiB;
/** Most links in memory, 12 bytes each, and as much again once they are in order. */
export const linksInMemoryMax: number = 4_000_000;
/** Most texts that are sorted at once, which takes some milliseconds. */
export const textsSortedAtOnceMax: number = 16 * 1024;
/** Most patterns with `*` in one list of a selection; names without are not bounded. */
export const patternsMax: number = 1_000;
/** Most streams of which a sample remembers whether they are in it. */
export const sampledStreamsMax: number = 100_000;
/** Most kinds of links whose last target is remembered of each stream. */
export const linkKindsRememberedMax: number = 4;
