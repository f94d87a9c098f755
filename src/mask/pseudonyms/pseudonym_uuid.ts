/**
 * UUID → UUID: a permutation of the 122 bits that are free, so that no two become one.
 *
 * @module
 */

import { Ff1 } from "../crypto/ff1.ts";

const DASH = 0x2d;

/**
 * Whether a text is a UUID, all in one case.
 *
 * @returns Whether it is. In mixed case it is not: its pseudonym would be that of its other spelling.
 */
export function isUuid(text: string): boolean {
  return text.length === 36 && caseOf(text) !== undefined;
}

/** The case of the digits of a UUID: `lower` where it has no letters; `undefined` for another text. */
function caseOf(text: string): "lower" | "upper" | undefined {
  let kinds = 0;
  for (let i = 0; i < 36; i++) {
    const code = text.charCodeAt(i);
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      if (code !== DASH) return undefined;
    } else if (code >= 0x61 && code <= 0x66) kinds |= 1;
    else if (code >= 0x41 && code <= 0x46) kinds |= 2;
    else if (code < 0x30 || code > 0x39) return undefined;
  }
  return kinds === 3 ? undefined : kinds === 2 ? "upper" : "lower";
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
    const w0 = wordAt(uuid, 0);
    const w1 = halfAt(uuid, 9) << 16 | halfAt(uuid, 14);
    const w2 = halfAt(uuid, 19) << 16 | halfAt(uuid, 24);
    const w3 = wordAt(uuid, 28);
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
    const hex = caseOf(uuid) === "upper" ? upperHex : lowerHex;
    write(words[1], 0, hex);
    writeHalf(second >>> 16, 9, hex);
    writeHalf(second, 14, hex);
    writeHalf(third >>> 16, 19, hex);
    writeHalf(third, 24, hex);
    write(words[3], 28, hex);
    return String.fromCharCode.apply(null, chars);
  }
}

/** A string is made the soonest of an array of numbers. */
const chars = Array.from("--------".repeat(4) + "----", (char) => char.charCodeAt(0));
const lowerHex = Array.from("0123456789abcdef", (char) => char.charCodeAt(0));
const upperHex = Array.from("0123456789ABCDEF", (char) => char.charCodeAt(0));

function write(word: number, at: number, hex: readonly number[]): void {
  writeHalf(word >>> 16, at, hex);
  writeHalf(word, at + 4, hex);
}

function writeHalf(half: number, at: number, hex: readonly number[]): void {
  chars[at] = hex[half >>> 12 & 15]!;
  chars[at + 1] = hex[half >>> 8 & 15]!;
  chars[at + 2] = hex[half >>> 4 & 15]!;
  chars[at + 3] = hex[half & 15]!;
}

function wordAt(uuid: string, at: number): number {
  return halfAt(uuid, at) << 16 | halfAt(uuid, at + 4);
}

function halfAt(uuid: string, at: number): number {
  let half = 0;
  for (let i = at; i < at + 4; i++) {
    const code = uuid.charCodeAt(i);
    // 0 to 9, then a to f in either case.
    half = half << 4 | (code < 0x40 ? code - 0x30 : (code & 0x1f) + 9);
  }
  return half;
}
