/**
 * The bounds of reading records, besides those of a line and a batch in `src/limits.ts`.
 *
 * @module
 */

import { KiB, MiB } from "../limits.ts";

/** Longest line of an import that takes no slot of those for long lines, in bytes. */
export const ordinaryLineBytesMax: number = 4 * MiB;
/** Most blank bytes that are skipped at the beginning of an input in looking for a record. */
export const inputBlankBytesMax: number = 64 * KiB;
/** An integer with at most so many digits is exact as a number. */
export const exactDigitsMax: number = 15;
/** Longest line that is parsed to find out whether it is the error with which an export ended, in characters. */
export const errorLineCharsMax: number = 64 * KiB;
/** Most bytes of gzip data that are decompressed to find out what they are: at most 4 MiB come out. */
export const gzipBeginningBytesMax: number = 4 * KiB;
