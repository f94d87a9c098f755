/**
 * What was computed lately: ids and names come again and again in the events of one process. It is kept for
 * speed alone, and in tables whose entries replace each other, since a `Map` that lets go of old
 * entries takes longer than most of what is computed here.
 *
 * @module
 */

import { recentTextCharsMax } from "./limits.ts";

/** Remembers what functions have made of texts. */
export class RecentValues<T> {
  readonly #texts: string[];
  readonly #owners: Int32Array;
  readonly #values: T[];
  readonly #mask: number;

  /** @param sizeMax Most values that are remembered: a power of two. */
  constructor(sizeMax: number) {
    this.#texts = new Array<string>(sizeMax).fill("");
    this.#values = new Array<T>(sizeMax);
    this.#owners = new Int32Array(sizeMax).fill(-1);
    this.#mask = sizeMax - 1;
  }

  /**
   * A function's value.
   *
   * @param owner The function's number.
   * @param text What it is computed of.
   * @param compute The function.
   */
  of(owner: number, text: string, compute: (text: string) => T): T {
    if (text.length > recentTextCharsMax) return compute(text);
    const slot = slotOf(owner, text) & this.#mask;
    if (this.#owners[slot] === owner && this.#texts[slot] === text) return this.#values[slot]!;
    const value = compute(text);
    this.#owners[slot] = owner;
    this.#texts[slot] = text;
    this.#values[slot] = value;
    return value;
  }
}

/** The number of a text's slot, of which the lowest bits count. */
function slotOf(owner: number, text: string): number {
  let hash = owner;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 15);
}

/** Bytes of an entry: two numbers, and the text. */
const entryBytes = 128;
const headBytes = 8;

/**
 * Remembers bytes: no string is made of them, and nothing is allocated. An entry begins with its hash, its owner and its
 * length, so that one look at memory, which is what it takes, tells most others.
 */
export class RecentKeys {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #words: Int32Array;
  readonly #mask: number;

  /** @param sizeMax Most entries: a power of two. */
  constructor(sizeMax: number) {
    this.#bytes = new Uint8Array(sizeMax * entryBytes);
    this.#words = new Int32Array(this.#bytes.buffer);
    this.#mask = sizeMax - 1;
  }

  /**
   * Adds bytes.
   *
   * @param owner A number from 0 to 2^24: the same bytes of different owners are different.
   * @param bytes What holds them.
   * @param start Index of the first.
   * @param end Index after the last: at most {@linkcode recentTextCharsMax} bytes are remembered.
   * @returns The number of their entry, from 0; its complement, a negative number, where they are new in it.
   */
  add(owner: number, bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    const hash = hashOf(bytes, start, end) ^ Math.imul(owner, 0x9e3779b1);
    const slot = (hash ^ hash >>> 15) & this.#mask;
    const words = this.#words;
    const own = this.#bytes;
    const word = slot * (entryBytes / 4);
    const first = slot * entryBytes + headBytes;
    // No entry has the number that an empty one has.
    const ownerAndLength = (owner + 1) << 7 | length;
    if (words[word] === hash && words[word + 1] === ownerAndLength) {
      let i = 0;
      while (i < length && own[first + i] === bytes[start + i]) i++;
      if (i === length) return slot;
    }
    words[word] = hash;
    words[word + 1] = ownerAndLength;
    for (let i = 0; i < length; i++) own[first + i] = bytes[start + i]!;
    return ~slot;
  }
}

/** Hashes four bytes at a time: its multiplications, each of which waits for the one before, are what it takes. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const four = bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 | bytes[at + 3]! << 24;
    hash = Math.imul(hash ^ four, 0x85ebca6b);
    hash ^= hash >>> 15;
  }
  for (; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return hash ^ hash >>> 16;
}

/** Remembers what a function has made of bytes. */
export class RecentBytes<T> {
  readonly #keys: RecentKeys;
  readonly #values: T[];
  readonly #compute: (bytes: Uint8Array, start: number, end: number) => T;

  /**
   * @param sizeMax Most values that are remembered: a power of two.
   * @param compute The function.
   */
  constructor(
    sizeMax: number,
    compute: (bytes: Uint8Array, start: number, end: number) => T,
  ) {
    this.#keys = new RecentKeys(sizeMax);
    this.#values = new Array<T>(sizeMax);
    this.#compute = compute;
  }

  /**
   * The function's value.
   *
   * @param bytes What holds the bytes.
   * @param start Index of the first; there is at least one.
   * @param end Index after the last.
   */
  of(bytes: Uint8Array, start: number, end: number): T {
    if (end - start > recentTextCharsMax) return this.#compute(bytes, start, end);
    const slot = this.#keys.add(0, bytes, start, end);
    return slot >= 0 ? this.#values[slot]! : this.#values[~slot] = this.#compute(bytes, start, end);
  }
}
