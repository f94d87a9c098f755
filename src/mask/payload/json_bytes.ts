/**
 * Steps through valid JSON as bytes.
 *
 * @module
 */

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Index of the next byte that is no white space. */
export function afterSpace(bytes: Uint8Array, at: number): number {
  while (bytes[at]! <= SPACE) at++;
  return at;
}

/** Index after the string that begins at `at`. */
export function afterString(bytes: Uint8Array, at: number): number {
  const near = at + 64;
  for (at++; bytes[at] !== QUOTE; at++) {
    if (bytes[at] === BACKSLASH) at++;
    else if (at > near) return afterLongString(bytes, at);
  }
  return at + 1;
}

/** The same from within a string: what is native is faster once it is under way. */
function afterLongString(bytes: Uint8Array, at: number): number {
  const start = at;
  for (;;) {
    const quote = bytes.indexOf(QUOTE, at);
    let escape = quote;
    while (escape > start && bytes[escape - 1] === BACKSLASH) escape--;
    if ((quote - escape) % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

/** Index after a number, `true`, `false` or `null`. */
export function afterWord(bytes: Uint8Array, at: number): number {
  for (;; at++) {
    const code = bytes[at]!;
    if (code <= SPACE || code === COMMA || code === CLOSE_ARRAY || code === CLOSE_OBJECT) return at;
  }
}

/** Index after the value that begins at `at`. */
export function afterValue(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first === QUOTE) return afterString(bytes, at);
  if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) return afterWord(bytes, at);
  let depth = 0;
  for (;; at++) {
    const code = bytes[at]!;
    if (code === QUOTE) at = afterString(bytes, at) - 1;
    else if (code === OPEN_OBJECT || code === OPEN_ARRAY) depth++;
    else if ((code === CLOSE_OBJECT || code === CLOSE_ARRAY) && --depth === 0) return at + 1;
  }
}

/** Characters of a short text: an array of numbers is what a string is made of the soonest. */
const chars: number[] = [];

/** The text between two indexes. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  const count = end - start;
  if (count > 256) return utf8.decode(bytes.subarray(start, end));
  chars.length = count;
  for (let i = 0; i < count; i++) {
    const code = bytes[start + i]!;
    if (code > 0x7f) return utf8.decode(bytes.subarray(start, end));
    chars[i] = code;
  }
  return String.fromCharCode.apply(null, chars);
}

/** The string whose JSON text, quotes included, is between two indexes. */
export function stringOf(bytes: Uint8Array, start: number, end: number): string {
  const inner = textOf(bytes, start + 1, end - 1);
  return inner.includes("\\") ? JSON.parse(`"${inner}"`) as string : inner;
}

/**
 * How many elements each array has that is in a value: found in one pass, since arrays that are counted one
 * by one would be gone through once for each array that they are in.
 */
export class ArrayLengths {
  /** Index of each array, ascending. */
  #starts: number[] = [];
  #lengths: number[] = [];
  #next = 0;

  /**
   * Counts.
   *
   * @param bytes Valid JSON.
   * @param start Index of a value.
   */
  constructor(bytes: Uint8Array, start: number) {
    /** The arrays that are open, by their index in the lists; −1 for an object. */
    const open: number[] = [];
    for (let at = start;;) {
      const code = bytes[at]!;
      if (code === QUOTE) {
        at = afterString(bytes, at);
        continue;
      }
      if (code === OPEN_ARRAY) {
        open.push(this.#starts.length);
        this.#starts.push(at);
        this.#lengths.push(bytes[afterSpace(bytes, at + 1)] === CLOSE_ARRAY ? 0 : 1);
      } else if (code === OPEN_OBJECT) open.push(-1);
      else if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) open.pop();
      else if (code === COMMA && open.at(-1)! >= 0) this.#lengths[open.at(-1)!]!++;
      if (open.length === 0) return;
      at++;
    }
  }

  /**
   * The length of an array.
   *
   * @param start Its index. Arrays are asked for in ascending order.
   * @returns How many elements it has.
   */
  of(start: number): number {
    while (this.#starts[this.#next]! < start) this.#next++;
    return this.#lengths[this.#next]!;
  }
}
