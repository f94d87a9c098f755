/**
 * What is not part of a record: white space, and the byte order mark at the start.
 *
 * @module
 */

import { concat } from "../deps/concat.ts";

/** What may stand at the start of UTF-8. */
export const byteOrderMark: readonly number[] = [0xef, 0xbb, 0xbf];

/**
 * Whether a byte is white space or a line end.
 *
 * @param code The byte.
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
  while (at < bytes.length && isBlank(bytes[at]!)) at++;
  return at;
}

/**
 * Leaves a byte order mark at the start out.
 *
 * @param bytes UTF-8, cut anywhere.
 * @returns The rest.
 */
export async function* withoutMark(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let beginning: Uint8Array | undefined = new Uint8Array();
  for await (const chunk of bytes) {
    if (beginning === undefined) {
      yield chunk;
      continue;
    }
    beginning = concat([beginning, chunk]);
    if (beginning.length < byteOrderMark.length) continue;
    yield afterMark(beginning);
    beginning = undefined;
  }
  if (beginning !== undefined && beginning.length > 0) yield beginning;
}

function afterMark(bytes: Uint8Array): Uint8Array {
  return byteOrderMark.every((code, i) => bytes[i] === code)
    ? bytes.subarray(byteOrderMark.length)
    : bytes;
}
