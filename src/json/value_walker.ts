/**
 * Goes through the scalar values of a JSON text from left to right, keys aside, in one pass and with a
 * stack of its own, so that neither depth nor length is a problem.
 *
 * @module
 */

import { stringEnd } from "./cursor.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;

/** A step from a value to one in it: a key as it stands in the text, with its quotes, or any index. */
export type RawStep = string | null;

/** Goes through the scalars of a text that is valid JSON. */
export class ValueWalker {
  /** Index of the first character of the scalar. */
  start = 0;
  /** Index after its last character. */
  end: number;
  readonly #text: string;
  readonly #stop: number;
  readonly #keys: RawStep[] = [];
  readonly #keyStarts: number[] = [];
  #wantsKey = false;

  /**
   * @param start Index at which the value begins.
   * @param end Index after it.
   */
  constructor(text: string, start: number = 0, end: number = text.length) {
    this.#text = text;
    this.end = start;
    this.#stop = end;
  }

  /** Where the scalar is: the steps to it from the outermost value. The array changes with `next`. */
  get steps(): readonly RawStep[] {
    return this.#keys;
  }

  /** Where the keys among the steps begin; −1 for an index. The array changes with `next`. */
  get keyStarts(): readonly number[] {
    return this.#keyStarts;
  }

  /** Whether the scalar is a string. */
  get isString(): boolean {
    return this.#text.charCodeAt(this.start) === QUOTE;
  }

  /**
   * Goes on to the next scalar.
   *
   * @returns Whether there is one.
   */
  next(): boolean {
    const text = this.#text;
    const keys = this.#keys;
    for (let at = this.end; at < this.#stop;) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        const end = stringEnd(text, at);
        if (!this.#wantsKey) return this.#found(at, end);
        keys[keys.length - 1] = text.slice(at, end);
        this.#keyStarts[keys.length - 1] = at;
        this.#wantsKey = false;
        at = text.indexOf(":", end) + 1;
      } else if (code === COMMA) {
        this.#wantsKey = keys.at(-1) !== null;
        at++;
      } else if (code === OPEN_OBJECT) {
        keys.push("");
        this.#keyStarts.push(-1);
        this.#wantsKey = true;
        at++;
      } else if (code === OPEN_ARRAY) {
        keys.push(null);
        this.#keyStarts.push(-1);
        this.#wantsKey = false;
        at++;
      } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
        keys.pop();
        this.#keyStarts.pop();
        this.#wantsKey = false;
        at++;
      } else if (code <= SPACE) {
        at++;
      } else {
        return this.#found(at, this.#wordEnd(at));
      }
    }
    return false;
  }

  #found(start: number, end: number): boolean {
    this.start = start;
    this.end = end;
    return true;
  }

  #wordEnd(start: number): number {
    let at = start + 1;
    for (; at < this.#stop; at++) {
      const code = this.#text.charCodeAt(at);
      if (code <= SPACE || code === COMMA || code === CLOSE_ARRAY || code === CLOSE_OBJECT) break;
    }
    return at;
  }
}
