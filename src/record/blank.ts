/**
 * What is no part of a record: white space, and the byte order mark at the start.
 *
 * @module
 */

/** What may stand at the start of UTF-8. */
export const byteOrderMark: readonly number[] = [0xef, 0xbb, 0xbf];

/**
 * Whether a byte is white space or a line end.
 *
 * @param code The byte.
 * @returns Whether it is.
 */
export function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d && code !== 0x0b && code !== 0x0c);
}

/**
 * Passes over a byte order mark and white space.
 *
 * @param bytes The beginning of an input.
 * @returns Index of the first other byte; the length when there is none.
 */
export function skipBlank(bytes: Uint8Array): number {
  let at = byteOrderMark.every((code, i) => bytes[i] === code) ? byteOrderMark.length : 0;
  while (at < bytes.length && isBlank(bytes[at])) at++;
  return at;
}
