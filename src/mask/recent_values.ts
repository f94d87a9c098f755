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
   * @returns The value.
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

/** Remembers texts. */
export class RecentTexts {
  readonly #texts: string[];
  readonly #owners: Int32Array;
  readonly #mask: number;

  /** @param sizeMax Most texts that are remembered: a power of two. */
  constructor(sizeMax: number) {
    this.#texts = new Array<string>(sizeMax).fill("");
    this.#owners = new Int32Array(sizeMax).fill(-1);
    this.#mask = sizeMax - 1;
  }

  /**
   * Adds a text.
   *
   * @param owner A number: texts of different owners are different.
   * @returns Whether it is there already; `false` also for one that has been forgotten.
   */
  add(owner: number, text: string): boolean {
    if (text.length > recentTextCharsMax) return false;
    const slot = slotOf(owner, text) & this.#mask;
    if (this.#owners[slot] === owner && this.#texts[slot] === text) return true;
    this.#owners[slot] = owner;
    this.#texts[slot] = text;
    return false;
  }
}

/** The number of a text's slot, of which the lowest bits count. */
function slotOf(owner: number, text: string): number {
  let hash = owner;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 15);
}

/** Remembers what a function has made of bytes, so that no string is made of them again. */
export class RecentBytes<T> {
  /** The bytes of all entries, each of which has as much as there may be of one. */
  readonly #bytes: Uint8Array;
  readonly #lengths: Uint8Array;
  readonly #values: T[];
  readonly #mask: number;
  readonly #compute: (bytes: Uint8Array, start: number, end: number) => T;

  /**
   * @param sizeMax Most values that are remembered: a power of two.
   * @param compute The function.
   */
  constructor(
    sizeMax: number,
    compute: (bytes: Uint8Array, start: number, end: number) => T,
  ) {
    this.#bytes = new Uint8Array(sizeMax * recentTextCharsMax);
    this.#lengths = new Uint8Array(sizeMax);
    this.#values = new Array<T>(sizeMax);
    this.#mask = sizeMax - 1;
    this.#compute = compute;
  }

  /**
   * The function's value.
   *
   * @param bytes What holds the bytes.
   * @param start Index of the first; there is at least one.
   * @param end Index after the last.
   * @returns The value.
   */
  of(bytes: Uint8Array, start: number, end: number): T {
    const length = end - start;
    if (length > recentTextCharsMax) return this.#compute(bytes, start, end);
    let hash = 0;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
    const slot = (hash ^ (hash >>> 15)) & this.#mask;
    const own = this.#bytes;
    const first = slot * recentTextCharsMax;
    if (this.#lengths[slot] === length) {
      let i = 0;
      while (i < length && own[first + i] === bytes[start + i]) i++;
      if (i === length) return this.#values[slot]!;
    }
    const value = this.#compute(bytes, start, end);
    for (let i = 0; i < length; i++) own[first + i] = bytes[start + i]!;
    this.#lengths[slot] = length;
    this.#values[slot] = value;
    return value;
  }
}
