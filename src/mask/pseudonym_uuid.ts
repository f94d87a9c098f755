/**
 * UUID → UUID: a permutation of the 122 bits that are free, so that no two become one.
 *
 * @module
 */

import { Ff1 } from "./ff1.ts";

const lower = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const upper = /^[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}$/;

/**
 * Whether a text is a UUID, all in one case.
 *
 * @param text The text.
 * @returns Whether it is. In mixed case it is not: its pseudonym would be that of its other spelling.
 */
export function isUuid(text: string): boolean {
  return text.length === 36 && text.charCodeAt(8) === 0x2d &&
    (lower.test(text) || upper.test(text));
}

/** Permutes UUIDs. */
export class UuidPseudonyms {
  readonly #ff1: Ff1;
  readonly #words = new Int32Array(4);

  /** @param key The key of the domain. */
  constructor(key: Uint8Array) {
    this.#ff1 = new Ff1(key, 2);
  }

  /**
   * The pseudonym of a UUID.
   *
   * @param uuid For which {@linkcode isUuid} holds.
   * @returns A UUID of the same version, variant and case.
   */
  of(uuid: string): string {
    const w0 = parseInt(uuid.slice(0, 8), 16);
    const w1 = parseInt(uuid.slice(9, 13) + uuid.slice(14, 18), 16);
    const w2 = parseInt(uuid.slice(19, 23) + uuid.slice(24, 28), 16);
    const w3 = parseInt(uuid.slice(28), 16);
    const words = this.#words;
    // The version is bits 12 to 15 of the second word, the variant the top two bits of the third.
    words[0] = (w1 >>> 16 << 13) | ((w1 & 0xfff) << 1) | (w2 >>> 29 & 1);
    words[1] = w0;
    words[2] = w2 & 0x1fff_ffff;
    words[3] = w3;
    this.#ff1.encrypt122Bits(words);
    const a = words[0];
    const second = (a >>> 13 << 16) | (w1 & 0xf000) | (a >>> 1 & 0xfff);
    const third = (w2 & 0xc000_0000) | ((a & 1) << 29) | words[2];
    const [x, y, z] = [hex(words[1]), hex(second), hex(third)];
    const masked = `${x}-${y.slice(0, 4)}-${y.slice(4)}-${z.slice(0, 4)}-${z.slice(4)}${
      hex(words[3])
    }`;
    return upper.test(uuid) && !lower.test(uuid) ? masked.toUpperCase() : masked;
  }
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}
