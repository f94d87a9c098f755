/**
 * What makes two spellings of a text one: case, and the ways in which Unicode writes the same letter.
 *
 * @module
 */

import { isAscii } from "../../ascii.ts";

/** Lower-case letters of ASCII, by their codes; bytes beyond ASCII are what they are. */
export const lowerAscii: Uint8Array = Uint8Array.from(
  { length: 256 },
  (_, code) => code >= 0x41 && code <= 0x5a ? code + 32 : code,
);

/**
 * Folds a text.
 *
 * @param text Any text.
 * @returns The same for all of its spellings.
 */
export function fold(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  // By way of upper case, so that ß is SS, as the capital ẞ is not by itself; a sigma at the end of a word is
  // one too. İ, ı, I and i are one letter: who writes Turkish without its letters writes i. What changing case
  // has taken apart, such as ΐ, is put together again.
  return text.normalize("NFKC").replaceAll("ẞ", "ß").toUpperCase().toLowerCase()
    .replaceAll("ς", "σ").replaceAll("i\u0307", "i").normalize("NFKC");
}

/**
 * Whether a character is a part of a word: a letter or a digit.
 *
 * @param code Its code; below 128 exact, above only some punctuation is told apart.
 */
export function isWordCode(code: number): boolean {
  if (code < 128) return isAsciiWord[code] === 1;
  return code !== 0xa0 && (code < 0x2000 || code > 0x206f) && (code < 0x3000 || code > 0x303f);
}

/** Letters and digits of ASCII, by their codes. */
export const isAsciiWord: Uint8Array = Uint8Array.from(
  { length: 128 },
  (_, code) => /[0-9A-Za-z]/.test(String.fromCharCode(code)) ? 1 : 0,
);
