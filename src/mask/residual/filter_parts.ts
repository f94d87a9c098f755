/**
 * What a filter of texts is made of: bits in shared memory, to which each thread adds the texts that it has
 * masked, before the first line is looked through.
 *
 * @module
 */

import { residualFilterBitsMax } from "../limits.ts";

/** Characters from which on a text is looked for anywhere; a shorter one only as a word. */
export const longCharsMin = 8;

/** Factor of the hash of beginnings. */
const factor = 0x01000193 * 5 | 1;

/** Positions that are looked at are this far apart. */
export const stride = 4;
/** So many characters that, wherever a long text begins, a piece of it begins at one of these positions. */
export const pieceChars = longCharsMin - stride + 1;
/** The table of pieces has a bit for each of the highest bits of their numbers. */
const pieceShift = 32 - 24;
const pieceWords = 2 ** (32 - pieceShift - 5);
/** Pairs of characters of ASCII. */
const pairCount = 2 ** 14;

/** What is known of two bytes that follow each other: a short text begins with them. */
export const beginsShort = 1;
/** No word goes on after them. */
export const endsWord = 2;
/** A piece begins with them. */
export const beginsPiece = 4;
/** They are the third and the fourth of a piece. */
export const continuesPiece = 8;
/** They are worth a look, whatever stands around them. */
export const isWorthALook = 16;
/** A word may begin with the second, and a short text does. */
export const startsShort = 32;
/** They are the second and the third of a short text. */
const continuesShort = 64;
/** The first is the third of a short text. */
const isThirdOfShort = 128;

/** Makes lower-case letters of four bytes at once, and something else of some other characters. */
const lowerBits = 0x2020_2020;

/** What a filter is made of. Its arrays are in shared memory, so that several threads look into the same. */
export interface FilterParts {
  /** What the texts are hashed with. */
  readonly seeds: Int32Array;
  /** Pieces of long texts: bits, by piece. */
  readonly pieces: Uint32Array;
  /** What pairs of characters of ASCII are in pieces. */
  readonly piecePairs: Uint8Array;
  /** Beginnings of long texts: bits. */
  readonly beginnings: Uint32Array;
  /** Which lengths there are among texts with such a beginning: one bit each, two numbers a beginning. */
  readonly lengths: Uint32Array;
  /** What pairs of characters of ASCII are in short texts. */
  readonly shortPairs: Uint8Array;
  /** The first four characters of short texts, fewer of those that have fewer: bits. */
  readonly shortHeads: Uint32Array;
  /** Lengths of short texts, one bit each in one number. */
  readonly shortLengths: Uint32Array;
  /** Texts: bits, two for each. */
  readonly texts: Uint32Array;
}

/**
 * Pieces of long texts, which tell that none of them is near. They are of five characters and from the first
 * four positions of a text, so that a look at every fourth position misses none.
 */
export class Pieces {
  /** Bits, by piece. */
  readonly bits: Uint32Array = new Uint32Array(pieceWords);
  /** Of pairs of characters of ASCII, whether pieces begin or continue with them: most of a text is told by that. */
  readonly pairs: Uint8Array = new Uint8Array(pairCount);

  /**
   * Adds a text.
   *
   * @param codes Its characters.
   * @param length How many they are.
   */
  add(codes: Uint16Array, length: number): void {
    if (length < longCharsMin) return;
    const { bits, pairs } = this;
    for (let at = 0; at < stride; at++) {
      const piece = pieceAt(codes, at);
      bits[piece >>> 5]! |= 1 << (piece & 31);
      addPair(pairs, codes[at]!, codes[at + 1]!, beginsPiece);
      addPair(pairs, codes[at + 2]!, codes[at + 3]!, continuesPiece);
    }
  }
}

function addPair(pairs: Uint8Array, first: number, second: number, kind: number): void {
  if ((first | second) < 0x80) pairs[first | second << 7]! |= kind;
}

/** The piece at an index, as the number of a bit. */
export function pieceAt(codes: Uint16Array, at: number): number {
  const four = codes[at]! ^ (codes[at + 1]! << 8) ^ (codes[at + 2]! << 16) ^ (codes[at + 3]! << 24);
  return pieceOf(four, codes[at + 4]!);
}

/** The same of four characters, the first of them in the lowest bits, and a fifth. */
export function pieceOf(four: number, fifth: number): number {
  const all = (four | lowerBits) + Math.imul(fifth | 0x20, 0x9e3779b1);
  return Math.imul(all ^ (all >>> 15), 0x85ebca6b) >>> pieceShift;
}

/**
 * Makes a filter that no text is in yet.
 *
 * @param count How many texts are to be added.
 * @param seeds What they are hashed with.
 */
export function emptyFilter(count: number, seeds: Int32Array): FilterParts {
  const entries = Math.min(2 ** 20, Math.max(256, 2 ** Math.ceil(Math.log2(count + 1))));
  return {
    seeds,
    pieces: sharedWords(pieceWords),
    piecePairs: new Uint8Array(new SharedArrayBuffer(pairCount)),
    beginnings: bitsFor(count * 16),
    lengths: sharedWords(2 * entries),
    shortPairs: new Uint8Array(new SharedArrayBuffer(pairCount)),
    shortHeads: sharedWords(2 ** 15),
    shortLengths: sharedWords(1),
    texts: bitsFor(count * 16),
  };
}

/** Adds texts to a filter. No two may do so at the same time. */
export class FilterBuilder {
  readonly #parts: FilterParts;
  readonly #beginningsShift: number;
  readonly #lengthsShift: number;
  readonly #shortHeadsShift: number;
  readonly #textsShift: number;

  /** @param parts What it is made of. */
  constructor(parts: FilterParts) {
    this.#parts = parts;
    this.#beginningsShift = bitShift(parts.beginnings);
    this.#lengthsShift = lengthsShift(parts.lengths);
    this.#shortHeadsShift = bitShift(parts.shortHeads);
    this.#textsShift = bitShift(parts.texts);
  }

  /** Adds the pieces of texts. */
  addPieces({ bits, pairs }: Pieces): void {
    const { pieces, piecePairs } = this.#parts;
    for (let i = 0; i < bits.length; i++) pieces[i]! |= bits[i]!;
    for (let i = 0; i < pairs.length; i++) piecePairs[i]! |= pairs[i]!;
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
    const { texts, shortLengths, shortHeads, beginnings, lengths } = this.#parts;
    addBit(texts, this.#textsShift, a);
    addBit(texts, this.#textsShift, b);
    if (length < longCharsMin) {
      shortLengths[0]! |= 1 << length;
      this.#addShortPairs(length, beginning);
      addBit(shortHeads, this.#shortHeadsShift, spread(beginning));
      return;
    }
    addBit(beginnings, this.#beginningsShift, spread(beginning));
    const bit = length - longCharsMin;
    lengths[lengthsAt(beginning, this.#lengthsShift) + (bit >> 5)]! |= 1 << (bit & 31);
  }

  /** A text with others than ASCII among its first three characters is in no pair of bytes. */
  #addShortPairs(length: number, head: number): void {
    if (head >= asciiHeads) return;
    const pairs = this.#parts.shortPairs;
    const [first, second, third] = [head & 0x7f, head >>> 7 & 0x7f, head >>> 14 & 0x7f];
    pairs[first | second << 7]! |= beginsShort;
    if (length > 2) pairs[second | third << 7]! |= continuesShort;
    // After a text of two characters any may come.
    else for (let any = 0; any < 0x80; any++) pairs[second | any << 7]! |= continuesShort;
    for (let one = length > 2 ? third : 0; one <= (length > 2 ? third : 0x7f); one++) {
      if ((pairs[one]! & isThirdOfShort) !== 0) continue;
      for (let any = 0; any < 0x80; any++) pairs[one | any << 7]! |= isThirdOfShort;
    }
  }
}

/**
 * What the beginning of a text is looked for by: a hash of its first characters or, of a short text,
 * the head that {@linkcode shortHeadOf} makes of them.
 *
 * @param codes Its characters.
 * @param length How many they are, 2 at least.
 * @returns The number.
 */
export function beginningOf(codes: Uint16Array, length: number): number {
  if (length >= longCharsMin) return longBeginningOf(codes, 0);
  return shortHeadOf(
    codes[0]!,
    codes[1]!,
    length > 2 ? codes[2]! : 0,
    length > 3 ? codes[3]! : 0,
  );
}

/** The hash of as many characters as a long text has at least. */
export function longBeginningOf(codes: Uint16Array, at: number): number {
  let hash = 0;
  for (let i = at; i < at + longCharsMin; i++) hash = Math.imul(hash, factor) + codes[i]! | 0;
  return hash;
}

/** What is below it is the head of a short text whose first three characters are of ASCII, 7 bits each. */
const asciiHeads = 2 ** 31;

/** The first four characters of a short text as a number; 0 stands for those that it has not. */
export function shortHeadOf(first: number, second: number, third: number, fourth: number): number {
  if ((first | second | third) < 0x80) {
    return first | second << 7 | third << 14 | (fourth & 0x3ff) << 21;
  }
  let hash = Math.imul(first, factor) + second | 0;
  hash = Math.imul(hash, factor) + third | 0;
  return (Math.imul(hash, factor) + fourth | asciiHeads) >>> 0;
}

/** So that all bits of a hash have a say in the highest ones. */
export function spread(hash: number): number {
  const h = Math.imul(hash ^ (hash >>> 15), 0x9e3779b1 | 0);
  return (h ^ (h >>> 13)) >>> 0;
}

/** A table for about so many bits; a power of two. */
function bitsFor(wanted: number): Uint32Array {
  const log = Math.min(
    Math.log2(residualFilterBitsMax),
    Math.max(10, Math.ceil(Math.log2(wanted + 1))),
  );
  return sharedWords(2 ** (log - 5));
}

/** By how much a number of 32 bits is shifted to be the number of a bit. */
export function bitShift(bits: Uint32Array): number {
  return 32 - Math.log2(32 * bits.length);
}

function addBit(bits: Uint32Array, shift: number, number: number): void {
  const at = number >>> shift;
  bits[at >>> 5]! |= 1 << (at & 31);
}

export function hasBit(bits: Uint32Array, shift: number, number: number): boolean {
  const at = number >>> shift;
  return (bits[at >>> 5]! >>> (at & 31) & 1) === 1;
}

export function lengthsShift(lengths: Uint32Array): number {
  return 32 - Math.log2(lengths.length / 2);
}

/** Where the lengths are of texts with a beginning. */
export function lengthsAt(beginning: number, shift: number): number {
  return 2 * (Math.imul(beginning, 0x2c1b3c6d) >>> shift);
}

function sharedWords(count: number): Uint32Array {
  return new Uint32Array(new SharedArrayBuffer(4 * count));
}
