/**
 * A JSON array that arrives in chunks, taken apart as it comes, so that a response of any size is read
 * with flat memory.
 *
 * @module
 */

import { elementCharsMax } from "../limits.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;
const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;

/** Bounds of {@linkcode arrayElements}. */
export interface ArrayElementsOptions {
  /**
   * Longest element, in characters, white space around it included.
   *
   * @default {elementCharsMax}
   */
  elementCharsMax?: number;
}

/**
 * Splits an array at the commas between its elements. What is inside an element is not checked: give
 * each to `JSON.parse`.
 *
 * @param chunks The text of the array, cut anywhere.
 * @param options Bounds.
 * @returns The texts of the elements that each chunk completes, without white space around them;
 * nothing for a chunk that completes none.
 * @throws {SyntaxError} The text is not an array, ends early or goes on after its end.
 * @throws {RangeError} An element is too long.
 */
export async function* arrayElements(
  chunks: AsyncIterable<string>,
  options: ArrayElementsOptions = {},
): AsyncGenerator<string[]> {
  const splitter = new ArraySplitter(options.elementCharsMax ?? elementCharsMax);
  for await (const chunk of chunks) {
    const elements = splitter.split(chunk);
    if (elements.length > 0) yield elements;
  }
  splitter.end();
}

/** Where in the array a chunk ended. */
class ArraySplitter {
  readonly #charsMax: number;
  /** Nesting: 0 outside the array, 1 between its elements, more inside one. */
  #depth = 0;
  #inString = false;
  #escaped = false;
  #ended = false;
  /** Whether an element must come: after a comma, but not after the opening bracket. */
  #owing = false;
  /** The element that is not complete, in chunks. */
  #chunks: string[] = [];
  #chars = 0;

  constructor(charsMax: number) {
    this.#charsMax = charsMax;
  }

  split(chunk: string): string[] {
    const elements: string[] = [];
    let start = this.#depth === 0 ? this.#begin(chunk) : 0;
    for (let at = start; at < chunk.length && !this.#ended; at++) {
      if (this.#inString) {
        at = this.#stringEnd(chunk, at);
        continue;
      }
      const code = chunk.charCodeAt(at);
      if (code === QUOTE) {
        this.#inString = true;
      } else if (code === OPEN_ARRAY || code === OPEN_OBJECT) {
        this.#depth++;
      } else if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) {
        if (--this.#depth > 0) continue;
        if (code === CLOSE_OBJECT) throw new SyntaxError("The JSON array ends with a brace");
        const last = this.#complete(chunk.slice(start, at));
        if (last !== "") elements.push(last);
        else if (this.#owing) throw new SyntaxError("The JSON array has an empty element");
        this.#ended = true;
        start = at + 1;
      } else if (code === COMMA && this.#depth === 1) {
        const element = this.#complete(chunk.slice(start, at));
        if (element === "") throw new SyntaxError("The JSON array has an empty element");
        elements.push(element);
        this.#owing = true;
        start = at + 1;
      }
    }
    this.#keep(chunk.slice(start));
    return elements;
  }

  end(): void {
    if (!this.#ended) throw new SyntaxError("The JSON array ends early");
  }

  /** Index after the opening bracket, or after the chunk where there is only white space. */
  #begin(chunk: string): number {
    if (this.#ended) return 0;
    const at = chunk.search(/[^ \t\n\r]/);
    if (at < 0) return chunk.length;
    if (chunk.charCodeAt(at) !== OPEN_ARRAY) throw new SyntaxError("The JSON text is not an array");
    this.#depth = 1;
    return at + 1;
  }

  /** Index of the quote that ends the string, or after the chunk. */
  #stringEnd(chunk: string, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const code = chunk.charCodeAt(at);
      if (this.#escaped) {
        this.#escaped = false;
      } else if (code === BACKSLASH) {
        this.#escaped = true;
      } else if (code === QUOTE) {
        this.#inString = false;
        return at;
      }
    }
    return chunk.length;
  }

  #complete(chunk: string): string {
    this.#keep(chunk);
    const element = trimSpace(this.#chunks.join(""));
    this.#chunks = [];
    this.#chars = 0;
    return element;
  }

  #keep(chunk: string): void {
    if (this.#ended) {
      if (trimSpace(chunk) !== "") throw new SyntaxError("There is text after the JSON array");
      return;
    }
    if (chunk === "") return;
    this.#chunks.push(chunk);
    this.#chars += chunk.length;
    if (this.#chars > this.#charsMax) {
      const most = this.#charsMax.toLocaleString("en-US");
      throw new RangeError(`An element of the JSON array is longer than ${most} characters`);
    }
  }
}

/** JSON knows four white-space characters; `trim()` knows many more. */
function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  // Not by a regular expression: it would try each run of white space in the middle, again and again.
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === SPACE || code === LF || code === CR || code === TAB;
}
