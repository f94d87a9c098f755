/**
 * The bounds of masking: policies, what is remembered, threads, and the search for masked values.
 *
 * @module
 */

import { KiB, MiB } from "../limits.ts";

/** Bytes of a key for masking. */
export const maskKeyBytes: number = 32;
/** Most characters at the beginning of a masked text that are looked for in the output; 8 to 64. */
export const residualTextCharsMax: number = 64;
/** Most masked texts whose hashes are kept in memory, 32 bytes each, by all threads; more go to a temporary file. */
export const residualTextsInMemoryMax: number = 1_000_000;
/** Most places in which masked texts were found that are kept in memory, 32 bytes each. */
export const residualHitsInMemoryMax: number = 500_000;
/** So many times is a text taken for JSON that stands in JSON, such as an event in the payload of another. */
export const nestedJsonMax: number = 4;
/** Most places in one line that are kept until it is found out what they mean. */
export const residualHitsInLineMax: number = 100_000;
/** Most bits of each of the two filters for masked texts. */
export const residualFilterBitsMax: number = 2 ** 28;
/** Inputs of at most so many bytes are masked without threads, which take as long to start. */
export const maskThreadsBytesMin: number = 1 * MiB;
/** Most threads that mask, and then look for masked values, at the same time. */
export const maskThreadsMax: number = 4;
/** Size of the chunks of lines that go to those threads, in bytes; a longer line goes alone. */
export const maskChunkBytes: number = 256 * KiB;
/** Most bytes of lines that wait for those threads, unless one line is longer. */
export const maskBytesAheadMax: number = 2 * MiB;
/** Most chunks of masked lines that are read ahead of those that are written. */
export const maskedChunksAheadMax: number = 4;
/** Most numbers that a thread sends about streams, or about what it has found, in one reply, more or less. */
export const partNumbersAtOnceMax: number = 64 * KiB;
/** Most hashes for which texts are asked for at once. */
export const residualHashesAtOnceMax: number = 8 * KiB;
/** Most places, each a type and a path, that are told apart in what is left of masked texts. */
export const residualPlacesMax: number = 10_000;
/** Most places in payloads that `mask discover` tells apart, about 2 KiB each. */
export const discoverPathsMax: number = 10_000;
/** Most keys of one object that `mask discover` takes for names of fields. */
export const discoverKeysMax: number = 200;
/** Most types, and most categories, that `mask discover` names. */
export const discoverNamesMax: number = 1_000;
/** Fewest digits that are replaced by a permutation: one of fewer than a million numbers could be tried out. */
export const maskDigitsMin: number = 6;
/** Most digits that are replaced by a permutation. */
export const maskDigitsMax: number = 64;
/** Most pseudonyms that a mask remembers, for speed alone: a power of two. */
export const recentPseudonymsMax: number = 2 ** 16;
/**
 * Most masked values that are remembered as counted, for speed alone: a power of two. Of more, more would be found
 * again, but what a processor's cache does not hold takes longer to look at than it spares.
 */
export const recentMaskedMax: number = 2 ** 11;
/** The same of streams, and of types, whose masked names are remembered: a power of two. */
export const recentStreamsMax: number = 2 ** 13;
/** Most types whose text is remembered, for speed alone: a power of two. */
export const recentTypesMax: number = 2 ** 10;
/** Most categories of which it is remembered what becomes of them, for speed alone: a power of two. */
export const recentCategoriesMax: number = 2 ** 10;
/** Most keys of objects of which it is remembered whether they look like values: a power of two. */
export const recentKeysMax: number = 2 ** 10;
/** Longest text that such a memory holds, in characters: below 128. */
export const recentTextCharsMax: number = 120;
/** Longest number that a mask rounds, in characters. */
export const roundedDigitsMax: number = 1_000;
/** Most rules of a masking policy. */
export const policyRulesMax: number = 10_000;
/** Most problems of a policy that its error names. */
export const policyProblemsNamedMax: number = 20;
/** Most paths that one path of a policy may stand for, with several selectors in its brackets. */
export const pathAlternativesMax: number = 100;
/** Most segments of a path in a policy. */
export const pathSegmentsMax: number = 64;
/** Longest name of a domain of pseudonyms, in characters. */
export const domainCharsMax: number = 64;
/** Most days that dates are shifted by. */
export const dateDaysMax: number = 36_500;
/** Most states of a policy's paths that a mask remembers; beyond it, it forgets them and starts over. */
export const pathStatesMax: number = 10_000;
/** Most pairs of a type and a category whose rules a mask remembers. */
export const maskProgramsMax: number = 10_000;
/** Most names of streams with an e-mail address that are compared while they are read, so that no two become one. */
export const comparedStreamsMax: number = 100_000;
/** Most further names whose hashes are kept in memory, 28 bytes each; more go to a temporary file. */
export const comparedStreamHashesMax: number = 250_000;
/** Most categories that the error about two streams that become one tells apart. */
export const comparedCategoriesMax: number = 1_000;
/** Longest name of a field that the path in an error shows, in characters. */
export const shownKeyCharsMax: number = 64;
/** Longest line that is masked, in bytes: other servers may write longer ones than an import takes. */
export const maskedLineBytesMax: number = 64 * MiB;
/** Most places, each a type and a path, that a report of a masking tells apart. */
export const maskReportPlacesMax: number = 10_000;
/** Largest buffer of masked text that is kept for the next text, however short that is, in bytes. */
export const maskedOutputKeptBytesMax: number = 1 * MiB;
