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
  type FilterParts,
  hasBit,
  isNotPlain,
  lengthsAt,
  lengthsShift,
  longBeginningOf,
  longCharsMin,
  pairOf,
  pieceAt,
  pieceChars,
  pieceOf,
  spread,
  stride,
} from "./filter_parts.ts";
import { isAsciiWord, isWordCode, lowerAscii } from "./fold.ts";
import type { LinesInWords } from "./lines_in_words.ts";
import { TextHash } from "./text_hash.ts";

/** Characters after a position that are folded: the longest text may begin there. */
const foldedChars = residualTextCharsMax + longCharsMin;

const SPACE = 0x20;
const PERCENT = 0x25;
const BACKSLASH = 0x5c;

/**
 * The texts that are looked for, as bits. A line is first taken in part by part, which notes the positions that
 * are worth a look, and then looked at there.
 */
export class ResidualFilter {
  /** Hashes what may be one of the texts. */
  readonly hash: TextHash;
  readonly #pieces: Uint32Array;
  /** What is known of two bytes, by their number with the first in the lower half. */
  readonly #pairs: Uint8Array;
  readonly #beginnings: Uint32Array;
  readonly #beginningsShift: number;
  readonly #lengths: Uint32Array;
  readonly #lengthsShift: number;
  readonly #shortBeginnings: Uint8Array;
  readonly #shortLengths: number;
  readonly #texts: Uint32Array;
  readonly #textsShift: number;
  /** Positions of pieces, and where a short text may begin: how many, and how many have been looked at. */
  readonly #long: number[] = [];
  #longCount = 0;
  #longNext = 0;
  readonly #short: number[] = [];
  #shortCount = 0;
  #shortNext = 0;
  /** The line that is being looked at as it is, and which of its characters have been folded. */
  #bytes: Uint8Array | undefined;
  #line = 0;
  #foldedFrom = 0;
  #foldedTo = 0;

  /** @param parts What a builder has made, perhaps in another thread. */
  constructor(parts: FilterParts) {
    this.hash = new TextHash(parts.seeds);
    this.#pieces = parts.pieces;
    this.#pairs = Uint8Array.from(
      { length: 2 ** 16 },
      (_, pair) => kindOfPair(pair & 0xff, pair >>> 8, parts),
    );
    this.#beginnings = parts.beginnings;
    this.#beginningsShift = bitShift(parts.beginnings);
    this.#lengths = parts.lengths;
    this.#lengthsShift = lengthsShift(parts.lengths);
    this.#shortBeginnings = parts.shortBeginnings;
    this.#shortLengths = parts.shortLengths;
    this.#texts = parts.texts;
    this.#textsShift = bitShift(parts.texts);
  }

  /** Begins a line. */
  beginLine(): void {
    this.#longCount =
      this.#longNext =
      this.#shortCount =
      this.#shortNext =
      this.#foldedFrom =
      this.#foldedTo =
        0;
    this.#bytes = undefined;
  }

  /**
   * Takes in a part of a line as it is. Its characters are folded only where it is looked at.
   *
   * @param lines What holds the line, at the beginning of its words.
   * @param line Index of the line.
   * @param start Where in the line the part begins.
   * @param end Where it ends.
   * @returns Whether it can be looked at so: it has no escapes, and nothing beyond ASCII.
   */
  takePlain({ bytes, words }: LinesInWords, line: number, start: number, end: number): boolean {
    this.#bytes = bytes;
    this.#line = line;
    const last = line + end;
    let at = line + start;
    const aligned = Math.min(last, (at + 3) & ~3);
    for (; at < aligned; at++) if (!this.#takeByte(bytes, at, line + start, last)) return false;
    const pairs = this.#pairs;
    const pieces = this.#pieces;
    const withShort = this.#shortLengths !== 0;
    let word = words[at >>> 2]!;
    for (; at + pieceChars <= last; at += stride) {
      const next = words[(at >>> 2) + 1]!;
      const first = pairs[word & 0xffff]!;
      const third = pairs[word >>> 16]!;
      if (((first | third) & isNotPlain) !== 0) return false;
      if (withShort) {
        const second = pairs[word >>> 8 & 0xffff]!;
        const fourth = pairs[word >>> 24 | (next & 0xff) << 8]!;
        if (((first | second | third | fourth) & beginsShort) !== 0) {
          if ((first & beginsShort) !== 0) this.#addShort(bytes, at, line + start);
          if ((second & beginsShort) !== 0) this.#addShort(bytes, at + 1, line + start);
          if ((third & beginsShort) !== 0) this.#addShort(bytes, at + 2, line + start);
          if ((fourth & beginsShort) !== 0) this.#addShort(bytes, at + 3, line + start);
        }
      }
      if ((first & beginsPiece) !== 0 && (third & continuesPiece) !== 0) {
        const piece = pieceOf(word, next & 0xff);
        if ((pieces[piece >>> 5]! >>> (piece & 31) & 1) === 1) {
          this.#long[this.#longCount++] = at - line;
        }
      }
      word = next;
    }
    for (; at < last; at++) if (!this.#takeByte(bytes, at, line + start, last)) return false;
    return true;
  }

  /** Takes in a byte before or after the whole words; whether it and the next one of the part are plain. */
  #takeByte(bytes: Uint8Array, at: number, first: number, last: number): boolean {
    const kind = this.#pairs[bytes[at]! | (at + 1 < last ? bytes[at + 1]! : SPACE) << 8]!;
    if ((kind & beginsShort) !== 0) this.#addShort(bytes, at, first);
    return (kind & isNotPlain) === 0;
  }

  /** Notes that a short text may begin at an index, unless that is within a word. */
  #addShort(bytes: Uint8Array, at: number, first: number): void {
    if (at > first && isAsciiWord[bytes[at - 1]!] === 1 && isAsciiWord[bytes[at]!] === 1) return;
    this.#short[this.#shortCount++] = at - this.#line;
  }

  /**
   * Takes in a text that is folded already.
   *
   * @param codes Its characters.
   * @param end How many they are.
   * @param withShort Whether short texts are looked for as well; as a number, they are everywhere.
   */
  takeFolded(codes: Uint16Array, end: number, withShort: boolean): void {
    const pieces = this.#pieces;
    for (let at = 0; at + pieceChars <= end; at += stride) {
      const piece = pieceAt(codes, at);
      if ((pieces[piece >>> 5]! >>> (piece & 31) & 1) === 1) this.#long[this.#longCount++] = at;
    }
    if (this.#shortLengths === 0 || !withShort) return;
    for (let at = 0; at < end; at++) this.#short[this.#shortCount++] = at;
  }

  /**
   * Looks at a part that was taken in: the next one, or one after it.
   *
   * @param codes The characters.
   * @param start Where the part begins, which is where words may begin.
   * @param end Where it ends.
   * @param onHit Called with each text that may be one of them; `hash` has its hash then.
   */
  look(
    codes: Uint16Array,
    start: number,
    end: number,
    onHit: (at: number, length: number) => void,
  ): void {
    for (; this.#longNext < this.#longCount; this.#longNext++) {
      const position = this.#long[this.#longNext]!;
      if (position >= end) break;
      this.#foldAround(codes, position, start, end);
      this.#lookAround(codes, position, start, end, onHit);
    }
    for (; this.#shortNext < this.#shortCount; this.#shortNext++) {
      const position = this.#short[this.#shortNext]!;
      if (position >= end) break;
      this.#foldAround(codes, position, start, end);
      this.#lookShort(codes, position, start, end, onHit);
    }
  }

  /** Folds what is looked at about a position, where it is not folded yet. */
  #foldAround(codes: Uint16Array, position: number, start: number, end: number): void {
    const bytes = this.#bytes;
    if (bytes === undefined) return;
    const from = Math.max(start, position - stride);
    const to = Math.min(end, position + foldedChars);
    if (from < this.#foldedFrom || from > this.#foldedTo) this.#foldedFrom = this.#foldedTo = from;
    for (let at = this.#foldedTo; at < to; at++) codes[at] = lowerAscii[bytes[this.#line + at]!]!;
    if (to > this.#foldedTo) this.#foldedTo = to;
  }

  /** Where a piece was found, a text may begin there or up to three characters before. */
  #lookAround(
    codes: Uint16Array,
    position: number,
    start: number,
    end: number,
    onHit: (at: number, length: number) => void,
  ): void {
    const last = Math.min(position, end - longCharsMin);
    for (let at = Math.max(start, position - stride + 1); at <= last; at++) {
      const beginning = longBeginningOf(codes, at);
      if (hasBit(this.#beginnings, this.#beginningsShift, spread(beginning))) {
        this.#lookLong(codes, at, end, beginning, onHit);
      }
    }
  }

  #lookLong(
    codes: Uint16Array,
    at: number,
    end: number,
    beginning: number,
    onHit: (at: number, length: number) => void,
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
      if (isOne) this.#report(at, length, onHit);
    }
  }

  #lookShort(
    codes: Uint16Array,
    at: number,
    start: number,
    end: number,
    onHit: (at: number, length: number) => void,
  ): void {
    if (at + 1 >= end) return;
    const beginning = pairOf(codes[at]!, codes[at + 1]!);
    if ((this.#shortBeginnings[beginning >>> 3]! >>> (beginning & 7) & 1) === 0) return;
    if (!isEdge(codes, at, start, end)) return;
    if (at > start && isNumber(codes, at, end)) return;
    const { hash } = this;
    hash.begin();
    for (let length = 1; length < longCharsMin && at + length <= end; length++) {
      hash.add(codes[at + length - 1]!);
      if ((this.#shortLengths >> length & 1) === 0) continue;
      if (isEdge(codes, at + length, start, end)) this.#report(at, length, onHit);
    }
  }

  #report(at: number, length: number, onHit: (at: number, length: number) => void): void {
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

/** What is known of two bytes. */
function kindOfPair(
  first: number,
  second: number,
  { shortBeginnings, piecePairs }: FilterParts,
): number {
  if (!isPlain(first) || !isPlain(second)) return isNotPlain;
  const [a, b] = [lowerAscii[first]!, lowerAscii[second]!];
  const pair = pairOf(a, b);
  const isShort = (shortBeginnings[pair >>> 3]! >>> (pair & 7) & 1) === 1;
  return piecePairs[a | b << 7]! | (isShort ? beginsShort : 0);
}

/** Whether a byte is a character by itself, and begins no other spelling of one. */
function isPlain(byte: number): boolean {
  return byte < 0x80 && byte !== PERCENT && byte !== BACKSLASH;
}

const numberBefore = [0x2c, 0x3a, 0x5b];
const numberAfter = [0x2c, 0x5d, 0x7d];

/** Whether a number of JSON begins at an index; one in a text that looks the same is not worth the look. */
function isNumber(codes: Uint16Array, start: number, end: number): boolean {
  if (!(codes[start]! >= 0x30 && codes[start]! <= 0x39)) return false;
  if (!numberBefore.includes(codes[start - 1]!)) return false;
  let at = start;
  // What is longer is none of the short texts, and is not folded.
  end = Math.min(end, start + residualTextCharsMax);
  while (at < end && (codes[at]! >= 0x30 && codes[at]! <= 0x39 || codes[at] === 0x2e)) at++;
  return at < end && numberAfter.includes(codes[at]!);
}
