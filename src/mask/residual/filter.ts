/**
 * Where in a text something may begin that is looked for: decided by its first characters, and then by its
 * whole hash, without a look at the disk. It errs only on the safe side.
 *
 * @module
 */

import { residualFilterBitsMax, residualTextCharsMax } from "../../limits.ts";
import type { TextHash } from "./text_hash.ts";
import { isWordCode } from "./fold.ts";

/** Characters from which on a text is looked for anywhere; a shorter one only as a word. */
export const longCharsMin = 8;

/** Factor of the rolling hash, and what its oldest character is multiplied by. */
const factor = 0x01000193 * 5 | 1;
const oldest = Array.from({ length: longCharsMin - 1 }).reduce<number>(
  (power) => Math.imul(power, factor),
  1,
);

/** The texts that are looked for, as bits. */
export class ResidualFilter {
  readonly #hash: TextHash;
  /** Beginnings of long texts. */
  readonly #beginnings: Bits;
  /** Which lengths there are among texts with such a beginning: one bit each, two numbers a beginning. */
  readonly #lengths: Uint32Array;
  readonly #lengthsShift: number;
  /** The first two characters of short texts. */
  readonly #shortBeginnings = new Uint8Array(2 ** 13);
  /** Lengths of short texts, one bit each. */
  #shortLengths = 0;
  #hasLong = false;
  readonly #texts: Bits;

  /**
   * @param count How many texts there are.
   * @param hash Hashes them.
   */
  constructor(count: number, hash: TextHash) {
    this.#hash = hash;
    this.#beginnings = new Bits(count * 16);
    const entries = Math.min(2 ** 20, Math.max(256, 2 ** Math.ceil(Math.log2(count + 1))));
    this.#lengths = new Uint32Array(2 * entries);
    this.#lengthsShift = 32 - Math.log2(entries);
    this.#texts = new Bits(count * 16);
  }

  /**
   * Adds a text.
   *
   * @param a Its hash.
   * @param b The same, the next 32 bits.
   * @param length How many of its characters were hashed.
   * @param beginning What {@linkcode beginningOf} makes of its first characters.
   */
  add(a: number, b: number, length: number, beginning: number): void {
    this.#texts.add(a);
    this.#texts.add(b);
    if (length < longCharsMin) {
      this.#shortLengths |= 1 << length;
      this.#shortBeginnings[beginning >>> 3]! |= 1 << (beginning & 7);
      return;
    }
    this.#hasLong = true;
    this.#beginnings.add(spread(beginning));
    const bit = length - longCharsMin;
    this.#lengths[this.#lengthsAt(beginning) + (bit >> 5)]! |= 1 << (bit & 31);
  }

  /**
   * Looks through folded text.
   *
   * @param codes The characters.
   * @param start Index of the first that is looked at.
   * @param end Index after the last.
   * @param textStart Index of the first that tells where a word begins.
   * @param textEnd Index after the last that tells where a word ends.
   * @param onHit Told of each text that may be one of them; the hash has its hash then.
   * @param withShort Whether short texts are looked for as well; as a number, they are everywhere.
   */
  find(
    codes: Uint16Array,
    start: number,
    end: number,
    textStart: number,
    textEnd: number,
    onHit: (at: number, length: number) => void,
    withShort: boolean = true,
  ): void {
    if (this.#hasLong) this.#findLong(codes, start, end, onHit);
    if (this.#shortLengths === 0 || !withShort) return;
    this.#findShort(codes, start, end, textStart, textEnd, onHit);
  }

  #findLong(
    codes: Uint16Array,
    start: number,
    end: number,
    onHit: (at: number, length: number) => void,
  ): void {
    if (end - start < longCharsMin) return;
    const beginnings = this.#beginnings;
    let rolling = 0;
    for (let i = start; i < start + longCharsMin - 1; i++) {
      rolling = Math.imul(rolling, factor) + codes[i]! | 0;
    }
    for (let i = start + longCharsMin - 1, first = start; i < end; i++, first++) {
      rolling = Math.imul(rolling, factor) + codes[i]! | 0;
      if (beginnings.has(spread(rolling))) this.#look(codes, first, end, rolling, onHit);
      rolling = rolling - Math.imul(codes[first]!, oldest) | 0;
    }
  }

  #look(
    codes: Uint16Array,
    at: number,
    end: number,
    beginning: number,
    onHit: (at: number, length: number) => void,
  ): void {
    const lengths = this.#lengthsAt(beginning);
    let low = this.#lengths[lengths]!;
    let high = this.#lengths[lengths + 1]!;
    if ((low | high) === 0) return;
    const hash = this.#hash;
    hash.begin();
    for (let i = 0; i < longCharsMin - 1; i++) hash.add(codes[at + i]!);
    const longest = Math.min(end - at, residualTextCharsMax);
    for (let length = longCharsMin; length <= longest && (low | high) !== 0; length++) {
      hash.add(codes[at + length - 1]!);
      const isOne = (low & 1) === 1;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (isOne) this.#report(at, length, onHit);
    }
  }

  #findShort(
    codes: Uint16Array,
    start: number,
    end: number,
    textStart: number,
    textEnd: number,
    onHit: (at: number, length: number) => void,
  ): void {
    const hash = this.#hash;
    for (let at = start; at < end; at++) {
      const beginning = pairOf(codes[at]!, codes[at + 1]!);
      if ((this.#shortBeginnings[beginning >>> 3]! >>> (beginning & 7) & 1) === 0) continue;
      if (!isEdge(codes, at, textStart, textEnd)) continue;
      if (at > textStart && isNumber(codes, at, textEnd)) continue;
      hash.begin();
      for (let length = 1; length < longCharsMin && at + length <= end; length++) {
        hash.add(codes[at + length - 1]!);
        if ((this.#shortLengths >> length & 1) === 0) continue;
        if (isEdge(codes, at + length, textStart, textEnd)) this.#report(at, length, onHit);
      }
    }
  }

  #report(at: number, length: number, onHit: (at: number, length: number) => void): void {
    this.#hash.take();
    if (this.#texts.has(this.#hash.a) && this.#texts.has(this.#hash.b)) onHit(at, length);
  }

  #lengthsAt(beginning: number): number {
    return 2 * (Math.imul(beginning, 0x2c1b3c6d) >>> this.#lengthsShift);
  }
}

/**
 * What the beginning of a text is looked for by: the rolling hash of its first characters or, of a short text,
 * its first two.
 *
 * @param codes Its characters.
 * @param length How many they are, 2 at least.
 * @returns The number.
 */
export function beginningOf(codes: Uint16Array, length: number): number {
  if (length < longCharsMin) return pairOf(codes[0]!, codes[1]!);
  let rolling = 0;
  for (let i = 0; i < longCharsMin; i++) rolling = Math.imul(rolling, factor) + codes[i]! | 0;
  return rolling;
}

/** Whether no word goes on over a place between two characters. */
function isEdge(codes: Uint16Array, at: number, start: number, end: number): boolean {
  return at === start || at === end || !isWordCode(codes[at - 1]!) || !isWordCode(codes[at]!);
}

/** Two characters as 16 bits. */
function pairOf(first: number, second: number): number {
  return (Math.imul(first, 0x9e37) + second) & 0xffff;
}

const numberBefore = [0x2c, 0x3a, 0x5b];
const numberAfter = [0x2c, 0x5d, 0x7d];

/** Whether a number of JSON begins at a place; one in a text that looks the same is not worth the look. */
function isNumber(codes: Uint16Array, start: number, end: number): boolean {
  if (!(codes[start]! >= 0x30 && codes[start]! <= 0x39)) return false;
  if (!numberBefore.includes(codes[start - 1]!)) return false;
  let at = start;
  while (at < end && (codes[at]! >= 0x30 && codes[at]! <= 0x39 || codes[at] === 0x2e)) at++;
  return at < end && numberAfter.includes(codes[at]!);
}

/** So that all bits of a hash have a say in the highest ones. */
function spread(hash: number): number {
  const h = Math.imul(hash ^ (hash >>> 15), 0x9e3779b1 | 0);
  return (h ^ (h >>> 13)) >>> 0;
}

/** A set of 32-bit numbers that may hold others besides. */
class Bits {
  readonly #bits: Uint32Array;
  readonly #shift: number;

  constructor(wanted: number) {
    const log = Math.min(
      Math.log2(residualFilterBitsMax),
      Math.max(10, Math.ceil(Math.log2(wanted + 1))),
    );
    this.#bits = new Uint32Array(2 ** (log - 5));
    this.#shift = 32 - log;
  }

  add(number: number): void {
    const at = number >>> this.#shift;
    this.#bits[at >>> 5]! |= 1 << (at & 31);
  }

  has(number: number): boolean {
    const at = number >>> this.#shift;
    return (this.#bits[at >>> 5]! >>> (at & 31) & 1) === 1;
  }
}
