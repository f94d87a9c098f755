/**
 * Pseudonyms of texts that have no shape to be kept: 128 bits of HMAC-SHA-256, as text or as a name.
 *
 * @module
 */

import { HmacSha256 } from "../crypto/hmac_sha256.ts";

const letters = "abcdefghijklmnopqrstuvwxyz234567";
const consonants = "bdfghjklmnprstvz";
const vowels = "aeio";

/** A string is made the soonest of an array of numbers. */
const chars = new Array<number>(26).fill(0);

/** Makes texts of texts. */
export class TextPseudonyms {
  readonly #hmac: HmacSha256;

  /** @param key The key of the function and domain. */
  constructor(key: Uint8Array) {
    this.#hmac = new HmacSha256(key);
  }

  /**
   * 128 bits in base32. It begins with a letter, so that it is never a number.
   *
   * @param plaintext Any text.
   * @returns 26 characters.
   */
  base32(plaintext: string): string {
    const code = this.#codeOf(plaintext);
    const last = code[4]!;
    chars[0] = letters.charCodeAt(last & 7);
    for (let i = 0, at = 1; i < 4; i++) {
      for (let bits = code[i]!, end = at + 6; at < end; bits >>>= 5) {
        chars[at++] = letters.charCodeAt(bits & 31);
      }
    }
    chars[25] = letters.charCodeAt(last >>> 27);
    return String.fromCharCode.apply(null, chars);
  }

  /**
   * A name that can be pronounced and is nobody's: of one word or two, as the plaintext has one or more.
   *
   * @param plaintext Any text.
   * @returns The name: of 30 bits or 48.
   */
  name(plaintext: string): string {
    const code = this.#codeOf(plaintext);
    const last = word(code[0]!, 5);
    return /\S\s+\S/.test(plaintext) ? `${word(code[1]!, 3)} ${last}` : last;
  }

  #codeOf(plaintext: string): Int32Array {
    // Half of a surrogate pair is lost in UTF-8, and two texts would become one.
    return this.#hmac.ofText(
      plaintext.isWellFormed() ? plaintext : `\0${JSON.stringify(plaintext)}`,
    );
  }
}

/** A word of syllables, six bits each. */
function word(bits: number, syllables: number): string {
  let text = "";
  for (let i = 0, rest = bits; i < syllables; i++, rest >>>= 6) {
    text += consonants[rest & 15]! + vowels[rest >>> 4 & 3]!;
  }
  return text[0]!.toUpperCase() + text.slice(1);
}
