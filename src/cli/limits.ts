/**
 * The bounds of what the command line reads, keeps and prints.
 *
 * @module
 */

import { KiB, MiB } from "../limits.ts";

/** Most that servers written in Go take in one import, in bytes. */
export const goImportBytesMax: number = 100_000_000;
/** How long an interrupted export waits for its reader to take the last line, in milliseconds. */
export const exportEndingMs: number = 10_000;
/** Largest file that holds a token, in bytes. */
export const tokenFileBytesMax: number = 4 * 1024;
/** Most streams that stand in a manifest itself; more stand in a file of their own beside it. */
export const manifestStreamsMax: number = 10_000;
/** Most streams of which an export asks whether anything follows what it has, for the manifest. */
export const wholeStreamsAskedMax: number = 1_000;
/** Most of these questions that are under way at once. */
export const wholeStreamsAskedAtOnce: number = 8;
/** Most bytes of a manifest that is read. */
export const manifestBytesMax: number = 64 * MiB;
/** Most bytes of a file of names that a selection reads. */
export const namesFileBytesMax: number = 64 * MiB;
/** Most patterns that matched nothing which are named one by one. */
export const unmatchedNamedMax: number = 10;
/** Most patterns of excluded streams for which an export asks the server whether such a stream exists. */
export const excludesAskedMax: number = 100;
/** Most retries that `--retries` takes: more than anybody waits for. */
export const retriesMax: number = 1_000_000;
/** How long a server may take to show that it understands HTTP/2, in milliseconds. */
export const http2ProbeMs: number = 2_000;
/** Most symbolic links that are followed from an output's name to its file. */
export const symbolicLinksMax: number = 40;
/** How often the line of progress on a terminal is redrawn, in milliseconds. */
export const progressRedrawMs: number = 100;
/** How often a line of progress is written where there is no terminal, in milliseconds. */
export const progressLineMs: number = 5_000;
/** Most categories of which an export asks whether their consumers have stored positions, with one request each. */
export const positionCategoriesMax: number = 20;
/** Most chunks that wait to be written to a file: while one is written, the next are fetched. */
export const outputChunksMax: number = 8;
/** Largest file that holds a key for masking, in bytes. */
export const maskKeyFileBytesMax: number = 4 * KiB;
/** Most places with masked values left in them, and most rules, that are named one by one. */
export const residualsNamedMax: number = 20;
/** Most further lines of a policy that are named for a problem that several have. */
export const policyLinesNamedMax: number = 10;
/** Most characters of a line of a help text. */
export const helpLineCharsMax: number = 80;
