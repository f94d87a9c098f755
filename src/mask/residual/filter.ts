/**
 * Where in a text something may begin that is looked for: decided by its first characters, and then by its
 * whole hash, without a look at the disk. It errs only on the safe side.
 *
 * @module
 */

import { residualTextCharsMax } from "../limits.ts";
import {
  beginsPiece,
  beginsShort,
  bitShift,
  continuesPiece,
  endsWord,
  type FilterParts,
  hasBit,
  isWorthALook,
  lengthsAt,
  lengthsShift,
  longBeginningOf,
  longCharsMin,
  pieceAt,
  pieceChars,
  pieceOf,
  shortHeadOf,
  spread,
  startsShort,
  stride,
} from "./filter_parts.ts";
import { isAsciiWord, isWordCode, lowerAscii } from "./fold.ts";
import { FoldedWindow } from "./folded_window.ts";
import type { LinesInPairs } from "./lines_in_pairs.ts";
import { isPlain } from "./plain_bytes.ts";
import { TextHash } from "./text_hash.ts";

/** Characters after a position that are folded: the longest text may begin there. */
const foldedChars = residualTextCharsMax + longCharsMin;

/** Bytes that are looked at at once. */
const blockBytes = 2 * stride;

/** Called with each text that may be one of those that are looked for. */
export type OnHit = (at: number, length: number) => void;

/** The texts that are looked for, as bits. */
export class ResidualFilter {
  /** Hashes what may be one of the texts: has its hash while a hit is told. */
  readonly hash: TextHash;
  readonly #pieces: Uint32Array;
  /** Whether any of 16 pieces is there: the bits of all of them are too many for the cache of a processor. */
  readonly #piecesNear: Uint32Array;
  /** What is known of two bytes, by their number with the first in the lower half. */
  readonly #kinds: Uint8Array;
  readonly #beginnings: Uint32Array;
  readonly #beginningsShift: number;
  readonly #lengths: Uint32Array;
  readonly #lengthsShift: number;
  readonly #shortPairs: Uint8Array;
  readonly #shortHeads: Uint32Array;
  readonly #shortHeadsShift: number;
  readonly #shortLengths: number;
  readonly #texts: Uint32Array;
  readonly #textsShift: number;
  readonly #window = new FoldedWindow();

  /** @param parts What a builder has made, perhaps in another thread. */
  constructor(parts: FilterParts) {
    this.hash = new TextHash(parts.seeds);
    this.#pieces = parts.pieces;
    this.#piecesNear = anyOf16(parts.pieces);
    this.#kinds = kindsOfPairs(parts);
    this.#beginnings = parts.beginnings;
    this.#beginningsShift = bitShift(parts.beginnings);
    this.#lengths = parts.lengths;
    this.#lengthsShift = lengthsShift(parts.lengths);
    this.#shortPairs = parts.shortPairs;
    this.#shortHeads = parts.shortHeads;
    this.#shortHeadsShift = bitShift(parts.shortHeads);
    this.#shortLengths = parts.shortLengths[0]!;
    this.#texts = parts.texts;
    this.#textsShift = bitShift(parts.texts);
  }

  /**
   * Looks at bytes as they are while each of them is a character. They are folded only where something may begin.
   *
   * @param lines What holds them.
   * @param start Index of the first of them, where a word may begin.
   * @param end Index after the last.
   * @param onHit Called with each text that may be one of them. Other bytes may lie in it, or after it.
   * @returns Index of the first other byte; `end` where there is none.
   */
  lookPlain({ bytes, pairs }: LinesInPairs, start: number, end: number, onHit: OnHit): number {
    this.#window.begin(bytes);
    const kinds = this.#kinds;
    let at = start;
    if ((at & 1) !== 0) {
      if (!isPlain(bytes[at]!)) return at;
      this.#lookPlainShort(bytes, at++, start, end, onHit);
    }
    if (at + blockBytes + 2 <= end) {
      let before = at > start && isAsciiWord[bytes[start]!] === 1 ? 0 : endsWord;
      let a = kinds[pairs[at >>> 1]!]!;
      for (; at + blockBytes + 2 <= end; at += blockBytes) {
        const b = kinds[pairs[(at >>> 1) + 1]!]!;
        const c = kinds[pairs[(at >>> 1) + 2]!]!;
        const d = kinds[pairs[(at >>> 1) + 3]!]!;
        const next = kinds[pairs[(at >>> 1) + 4]!]!;
        // One jump for all that may be in eight bytes, since nearly always nothing is. Each pair is compared with
        // the one after it, and the one before it, by bits that are so many places apart.
        const isWorth = (before >>> 1 & a & b >>> 7 | a >>> 1 & b & c >>> 7 |
              b >>> 1 & c & d >>> 7 | c >>> 1 & d & next >>> 7) & beginsShort |
          (a & b >>> 1 | b & c >>> 1 | c & d >>> 1 | d & next >>> 1) & startsShort |
          (a & b >>> 1 | c & d >>> 1) & beginsPiece | (a | b | c | d) & isWorthALook;
        before = d;
        a = next;
        if (isWorth === 0) continue;
        const to = this.#lookCloser(bytes, at, at + blockBytes, start, end, onHit);
        if (to < at + blockBytes) return to;
      }
    }
    return this.#lookCloser(bytes, at, end, start, end, onHit);
  }

  /**
   * Looks at a text that is folded already.
   *
   * @param codes Its characters.
   * @param end How many they are.
   * @param onHit Called with each text that may be one of them.
   */
  lookFolded(codes: Uint16Array, end: number, onHit: OnHit): void {
    const pieces = this.#pieces;
    for (let at = 0; at + pieceChars <= end; at += stride) {
      const piece = pieceAt(codes, at);
      if ((pieces[piece >>> 5]! >>> (piece & 31) & 1) === 1) {
        this.#lookAround(codes, at, 0, end, 0, onHit);
      }
    }
    if (this.#shortLengths === 0) return;
    for (let at = 0; at + 1 < end; at++) {
      const [first, second] = [codes[at]!, codes[at + 1]!];
      const third = at + 2 < end ? codes[at + 2]! : 0;
      const isAscii = (first | second | third) < 0x80;
      if (isAscii && (this.#shortPairs[first | second << 7]! & beginsShort) === 0) continue;
      if (!isEdge(codes, at, 0, end)) continue;
      const fourth = at + 3 < end ? codes[at + 3]! : 0;
      if (!this.#isShortHead(first, second, third, fourth)) continue;
      if (at > 0 && isNumber(codes, at, end)) continue;
      this.#lookShort(codes, at, 0, end, 0, onHit);
    }
  }

  /** The same, byte by byte from one index to another. */
  #lookCloser(
    bytes: Uint8Array,
    from: number,
    to: number,
    start: number,
    end: number,
    onHit: OnHit,
  ): number {
    const kinds = this.#kinds;
    for (let at = from; at < to; at++) {
      const kind = kinds[bytes[at]! | bytes[at + 1]! << 8]!;
      if ((kind & isWorthALook) !== 0 && !isPlain(bytes[at]!)) return at;
      if ((kind & beginsShort) !== 0) this.#lookPlainShort(bytes, at, start, end, onHit);
      if ((kind & beginsPiece) === 0 || (at - from) % stride !== 0 || at + pieceChars > end) {
        continue;
      }
      const next = kinds[bytes[at + 2]! | bytes[at + 3]! << 8]!;
      if ((next & continuesPiece) !== 0) this.#lookPlainPiece(bytes, at, start, end, onHit);
    }
    return to;
  }

  /** Looks where a short text may begin. */
  #lookPlainShort(bytes: Uint8Array, at: number, start: number, end: number, onHit: OnHit): void {
    if (at + 1 >= end) return;
    const first = bytes[at]!;
    const second = bytes[at + 1]!;
    if ((this.#kinds[first | second << 8]! & beginsShort) === 0) return;
    if (at > start && isAsciiWord[bytes[at - 1]!] === 1 && isAsciiWord[first] === 1) return;
    const third = at + 2 < end ? lowerAscii[bytes[at + 2]!]! : 0;
    const fourth = at + 3 < end ? lowerAscii[bytes[at + 3]!]! : 0;
    if (!this.#isShortHead(lowerAscii[first]!, lowerAscii[second]!, third, fourth)) return;
    if (at > start && isNumber(bytes, at, end)) return;
    const window = this.#window;
    window.reach(at, Math.min(end, at + longCharsMin));
    const { base } = window;
    this.#lookShort(window.codes, at - base, start - base, end - base, base, onHit);
  }

  /** Looks where a piece of a long text may begin. */
  #lookPlainPiece(bytes: Uint8Array, at: number, start: number, end: number, onHit: OnHit): void {
    const four = bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 | bytes[at + 3]! << 24;
    const piece = pieceOf(four, bytes[at + 4]!);
    if ((this.#piecesNear[piece >>> 9]! >>> (piece >>> 4 & 31) & 1) === 0) return;
    if ((this.#pieces[piece >>> 5]! >>> (piece & 31) & 1) === 0) return;
    const window = this.#window;
    window.reach(Math.max(start, at - stride), Math.min(end, at + foldedChars));
    const { base } = window;
    this.#lookAround(window.codes, at - base, start - base, end - base, base, onHit);
  }

  /** Whether a short text begins with four characters, or is the first two or three of them. */
  #isShortHead(first: number, second: number, third: number, fourth: number): boolean {
    if (this.#hasHead(shortHeadOf(first, second, third, fourth))) return true;
    const lengths = this.#shortLengths;
    return (lengths & 1 << 2) !== 0 && this.#hasHead(shortHeadOf(first, second, 0, 0)) ||
      (lengths & 1 << 3) !== 0 && this.#hasHead(shortHeadOf(first, second, third, 0));
  }

  #hasHead(head: number): boolean {
    return hasBit(this.#shortHeads, this.#shortHeadsShift, spread(head));
  }

  /** Where a piece was found, a text may begin there or up to three characters before. */
  #lookAround(
    codes: Uint16Array,
    position: number,
    start: number,
    end: number,
    base: number,
    onHit: OnHit,
  ): void {
    const last = Math.min(position, end - longCharsMin);
    for (let at = Math.max(start, position - stride + 1); at <= last; at++) {
      // A text begins with a piece as well.
      const [first, second] = [codes[at]!, codes[at + 1]!];
      if ((first | second) < 0x80 && (this.#kinds[first | second << 8]! & beginsPiece) === 0) {
        continue;
      }
      const beginning = longBeginningOf(codes, at);
      if (hasBit(this.#beginnings, this.#beginningsShift, spread(beginning))) {
        this.#lookLong(codes, at, end, beginning, base, onHit);
      }
    }
  }

  #lookLong(
    codes: Uint16Array,
    at: number,
    end: number,
    beginning: number,
    base: number,
    onHit: OnHit,
  ): void {
    const lengths = lengthsAt(beginning, this.#lengthsShift);
    let low = this.#lengths[lengths]!;
    let high = this.#lengths[lengths + 1]!;
    if ((low | high) === 0) return;
    const { hash } = this;
    hash.begin();
    for (let i = 0; i < longCharsMin - 1; i++) hash.add(codes[at + i]!);
    const longest = Math.min(end - at, residualTextCharsMax);
    for (let length = longCharsMin; length <= longest && (low | high) !== 0; length++) {
      hash.add(codes[at + length - 1]!);
      const isOne = (low & 1) === 1;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (isOne) this.#report(base + at, length, onHit);
    }
  }

  #lookShort(
    codes: Uint16Array,
    at: number,
    start: number,
    end: number,
    base: number,
    onHit: OnHit,
  ): void {
    const { hash } = this;
    hash.begin();
    for (let length = 1; length < longCharsMin && at + length <= end; length++) {
      hash.add(codes[at + length - 1]!);
      if ((this.#shortLengths >> length & 1) === 0) continue;
      if (isEdge(codes, at + length, start, end)) this.#report(base + at, length, onHit);
    }
  }

  #report(at: number, length: number, onHit: OnHit): void {
    const { hash } = this;
    hash.take();
    const shift = this.#textsShift;
    if (hasBit(this.#texts, shift, hash.a) && hasBit(this.#texts, shift, hash.b)) onHit(at, length);
  }
}

/** Whether no word goes on from the character before an index to the one at it. */
function isEdge(codes: Uint16Array, at: number, start: number, end: number): boolean {
  return at === start || at === end || !isWordCode(codes[at - 1]!) || !isWordCode(codes[at]!);
}

/** Bits that say of 16 others each whether one of them is set. */
function anyOf16(bits: Uint32Array): Uint32Array {
  const any = new Uint32Array(bits.length / 16);
  for (let i = 0; i < bits.length; i++) {
    const two = ((bits[i]! & 0xffff) !== 0 ? 1 : 0) | (bits[i]! >>> 16 !== 0 ? 2 : 0);
    any[i >>> 4]! |= two << 2 * (i & 15);
  }
  return any;
}

/** What is known of all pairs of bytes. */
function kindsOfPairs({ shortPairs, piecePairs }: FilterParts): Uint8Array {
  const kinds = new Uint8Array(2 ** 16).fill(isWorthALook);
  const firstOfShort = new Uint8Array(0x80);
  eachAsciiPair((first, second) => {
    const pair = lowerAscii[first]! | lowerAscii[second]! << 7;
    const isShort = (shortPairs[pair]! & beginsShort) !== 0;
    if (isShort) firstOfShort[first] = 1;
    const isAlwaysWorth = !isPlain(first) || !isPlain(second) ||
      isShort && isAsciiWord[first] === 0;
    kinds[first | second << 8] = piecePairs[pair]! | shortPairs[pair]! |
      (isAsciiWord[second] === 0 ? endsWord : 0) | (isAlwaysWorth ? isWorthALook : 0);
  });
  eachAsciiPair((first, second) => {
    const isEdge = isAsciiWord[first] === 0 || isAsciiWord[second] === 0;
    if (isEdge && firstOfShort[second] === 1) kinds[first | second << 8]! |= startsShort;
  });
  return kinds;
}

function eachAsciiPair(visit: (first: number, second: number) => void): void {
  for (let second = 0; second < 0x80; second++) {
    for (let first = 0; first < 0x80; first++) visit(first, second);
  }
}

const numberBefore = [0x2c, 0x3a, 0x5b];
const numberAfter = [0x2c, 0x5d, 0x7d];

/** Whether a number of JSON begins at an index; one in a text that looks the same is not worth the look. */
function isNumber(codes: Uint8Array | Uint16Array, start: number, end: number): boolean {
  if (!(codes[start]! >= 0x30 && codes[start]! <= 0x39)) return false;
  if (!numberBefore.includes(codes[start - 1]!)) return false;
  let at = start;
  // What is longer is none of the short texts.
  end = Math.min(end, start + residualTextCharsMax);
  while (at < end && (codes[at]! >= 0x30 && codes[at]! <= 0x39 || codes[at] === 0x2e)) at++;
  return at < end && numberAfter.includes(codes[at]!);
}
