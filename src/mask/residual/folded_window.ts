/**
 * The few characters of a line that are looked at closely, folded.
 *
 * @module
 */

import { lowerAscii } from "./fold.ts";

/** Characters that are held. Many times what is looked at at once, so that it is seldom begun anew. */
const windowChars = 4096;

/** Folds characters of ASCII where they are asked for: most of a line is never looked at closely. */
export class FoldedWindow {
  /** The characters, the first of them that of `base`. */
  readonly codes: Uint16Array = new Uint16Array(windowChars);
  /** Index of the first byte that is held. */
  base = 0;
  #end = 0;
  #bytes: Uint8Array = new Uint8Array();

  /**
   * Begins other bytes.
   *
   * @param bytes What holds the line.
   */
  begin(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.base = this.#end = 0;
  }

  /**
   * Folds what lies between two indexes, unless that has been done.
   *
   * @param from The first.
   * @param to The one after the last, near the first.
   */
  reach(from: number, to: number): void {
    const { codes } = this;
    const bytes = this.#bytes;
    if (from < this.base || from > this.#end || to - this.base > windowChars) {
      this.base = this.#end = from;
    }
    const { base } = this;
    for (let at = this.#end; at < to; at++) codes[at - base] = lowerAscii[bytes[at]!]!;
    if (to > this.#end) this.#end = to;
  }
}
