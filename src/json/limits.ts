/**
 * The bounds of reading JSON text.
 *
 * @module
 */

import { KiB } from "../limits.ts";

/** Longest text that is parsed once more for the words of its syntax error, in characters. */
export const jsonProblemCharsMax: number = 4096;
/** Longest text whose white space is dropped by putting slices together, in characters. */
export const jsonSlicedCharsMax: number = 64 * KiB;
