/**
 * Lines as words of four bytes: one look at four characters.
 *
 * @module
 */

/** Lines as bytes, and the same as words of four, the first byte in the lowest bits. */
export interface LinesInWords {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
}

/**
 * Looks at lines as words.
 *
 * @param bytes The lines.
 * @returns The same memory, or a copy where it does not begin at a word.
 */
export function inWords(bytes: Uint8Array): LinesInWords {
  const { buffer, byteOffset, length } = bytes;
  const count = (length >>> 2) + 1;
  if (byteOffset % 4 === 0 && byteOffset + 4 * count <= buffer.byteLength) {
    return { bytes, words: new Uint32Array(buffer, byteOffset, count) };
  }
  const copy = new Uint8Array(4 * count);
  copy.set(bytes);
  return { bytes: copy.subarray(0, length), words: new Uint32Array(copy.buffer) };
}
