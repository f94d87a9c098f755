/**
 * Looks for a text in JSON text, as it is written and as its strings say it, whatever the case.
 *
 * @module
 */

import { searchChunkBytes } from "./limits.ts";
import { fold } from "./fold.ts";
import { unescapedExtra, unescapeJson } from "./unescape.ts";

const BACKSLASH = 0x5c;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** A text that is looked for. */
export class TextFinder {
  readonly #wanted: string;
  /** What a chunk has before escapes are replaced is as long as this. */
  readonly #unescaped = new Uint8Array(searchChunkBytes + unescapedExtra);

  /** @param text The text, not empty. */
  constructor(text: string) {
    this.#wanted = fold(text);
  }

  /** Whether it is in a text that is not JSON, such as a name. */
  isInText(text: string): boolean {
    return fold(text).includes(this.#wanted);
  }

  /**
   * Looks for it, a bounded part at a time.
   *
   * @param bytes UTF-8: JSON text, or several one after the other.
   * @returns Whether it has been found, after each part: it is over once it has.
   */
  *steps(bytes: Uint8Array): Generator<boolean, void> {
    const isFound = yield* this.#stepsOf(
      bytes,
      (start, end) => ({ end, text: bytes.subarray(start, end) }),
    );
    if (isFound || bytes.indexOf(BACKSLASH) < 0) return;
    const unescaped = this.#unescaped;
    yield* this.#stepsOf(bytes, (start, chunkEnd) => {
      const { end, length } = unescapeJson(bytes, start, chunkEnd, unescaped);
      return { end, text: unescaped.subarray(0, length) };
    });
  }

  /** Whether it is in JSON text, in one go. */
  isIn(bytes: Uint8Array): boolean {
    for (const isFound of this.steps(bytes)) if (isFound) return true;
    return false;
  }

  *#stepsOf(
    bytes: Uint8Array,
    read: (start: number, end: number) => { end: number; text: Uint8Array },
  ): Generator<boolean, boolean> {
    const wanted = this.#wanted;
    let before = "";
    for (let start = 0; start < bytes.length;) {
      const { end, text } = read(start, charEnd(bytes, start + searchChunkBytes));
      const decoded = utf8.decode(text);
      const folded = before + fold(decoded, decoded.length === text.length);
      const isFound = folded.includes(wanted);
      yield isFound;
      if (isFound) return true;
      // What begins at the end of a chunk goes on in the next one.
      before = wanted.length > 1 ? folded.slice(1 - wanted.length) : "";
      start = end;
    }
    return false;
  }
}

/** The index at or before `at` at which a character begins. */
function charEnd(bytes: Uint8Array, at: number): number {
  if (at >= bytes.length) return bytes.length;
  while ((bytes[at]! & 0xc0) === 0x80) at--;
  return at;
}
