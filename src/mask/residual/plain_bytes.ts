/**
 * Tells bytes that stand for themselves from those that are only a part of a character's spelling.
 *
 * @module
 */

const QUOTE = 0x22;
const PERCENT = 0x25;
const BACKSLASH = 0x5c;

/** Whether a byte is a character by itself, and begins no other spelling of one. */
export function isPlain(byte: number): boolean {
  return byte < 0x80 && byte !== PERCENT && byte !== BACKSLASH;
}

/** Index of the first byte between two indexes that is not such; the second of them where there is none. */
export function plainEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isPlain(bytes[at]!)) at++;
  return at;
}

/**
 * The beginning of the JSON string around a byte.
 *
 * @param bytes What holds it.
 * @param at Index of the byte.
 * @param start Index from which on; there are no escapes from there to the byte.
 * @returns Index after the quote; `start` where the string begins before that.
 */
export function stringStart(bytes: Uint8Array, at: number, start: number): number {
  while (at > start && bytes[at - 1] !== QUOTE) at--;
  return at;
}

/**
 * The end of the JSON string around a byte.
 *
 * @param bytes What holds it.
 * @param at Index of the byte, which is not the second one of an escape.
 * @param end Index up to which.
 * @returns Index of the quote; `end` where the string ends after that.
 */
export function stringEnd(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return Math.min(at, end);
}
