/**
 * Lines as pairs of bytes: one look at two characters.
 *
 * @module
 */

/** Lines as bytes, and the same as pairs, the first byte in the lower half. */
export interface LinesInPairs {
  readonly bytes: Uint8Array;
  /** Without the last byte where it is alone. */
  readonly pairs: Uint16Array;
}

/**
 * Looks at lines as pairs of bytes.
 *
 * @returns The same memory, or a copy where it begins between two pairs.
 */
export function inPairs(lines: Uint8Array): LinesInPairs {
  const bytes = lines.byteOffset % 2 === 0 ? lines : lines.slice();
  return { bytes, pairs: new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 1) };
}
