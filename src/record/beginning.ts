/**
 * The beginning of an input: whether it is compressed, whether there is a record at all, and what it is
 * where it cannot be records.
 *
 * @module
 */

import { gzipBeginningBytesMax, inputBlankBytesMax } from "./limits.ts";
import { skipBlank } from "./blank.ts";
import { type Content, contentBytes, recogniseContent } from "./content.ts";
import { LINE_END } from "./line_end.ts";

const gzipMagic = [0x1f, 0x8b];
const OPEN_OBJECT = 0x7b;
/** What the beginning of an input shows. */
export interface Beginning {
  /** Whether it is gzip data. */
  gzip: boolean;
  /** Whether it certainly holds no record. */
  isEmpty: boolean;
  /** Whether no record has come so far. */
  isBlank: boolean;
  /** What it is, where it cannot be records; within gzip data, what that holds. */
  content?: Content;
}

/**
 * Whether more bytes would show nothing more.
 *
 * @param bytes What has come so far.
 */
export function isEnough(bytes: Uint8Array): boolean {
  if (bytes.length < gzipMagic.length) return false;
  if (isGzip(bytes)) return bytes.length >= gzipBeginningBytesMax;
  const start = skipBlank(bytes);
  if (start === bytes.length) return bytes.length >= inputBlankBytesMax;
  if (bytes.length >= start + contentBytes) return true;
  // A sender of one record at a time must not wait for the first one.
  return bytes[start] === OPEN_OBJECT && bytes.includes(LINE_END, start);
}

/**
 * Looks at the beginning.
 *
 * @param bytes The first bytes: enough, or all that there are.
 * @param isAll Whether they are all.
 */
export async function lookAt(bytes: Uint8Array, isAll: boolean): Promise<Beginning> {
  if (!isGzip(bytes)) {
    const isBlank = skipBlank(bytes) === bytes.length;
    return { gzip: false, isEmpty: isAll && isBlank, isBlank, content: recogniseContent(bytes) };
  }
  const { constants, gunzipSync } = await import("node:zlib");
  try {
    const part = bytes.subarray(0, gzipBeginningBytesMax);
    const isWhole = isAll && part.length === bytes.length;
    // What is cut is decompressed as far as it goes.
    const finishFlush = isWhole ? constants.Z_FINISH : constants.Z_SYNC_FLUSH;
    const inner = gunzipSync(part, { finishFlush });
    const isBlank = skipBlank(inner) === inner.length;
    return { gzip: true, isEmpty: isWhole && isBlank, isBlank, content: recogniseContent(inner) };
  } catch {
    // Damaged or cut: decompressing all of it reports that.
    return { gzip: true, isEmpty: false, isBlank: true };
  }
}

function isGzip(bytes: Uint8Array): boolean {
  return gzipMagic.every((byte, i) => bytes[i] === byte);
}
