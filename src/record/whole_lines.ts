/**
 * Bytes cut anywhere → whole lines, as few copies as there can be.
 *
 * @module
 */

import { concat } from "../deps/concat.ts";
import { LINE_END } from "./line_end.ts";

/** Keeps what has come of a line until the rest of it has. */
export class WholeLines {
  #begun: Uint8Array<ArrayBuffer>[] = [];
  #begunBytes = 0;

  /** Bytes of the line that has begun. */
  get begunBytes(): number {
    return this.#begunBytes;
  }

  /**
   * Takes the next bytes.
   *
   * @returns The lines that are whole now, each with its line end; empty where none is.
   */
  take(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const end = bytes.lastIndexOf(LINE_END) + 1;
    const begun = this.#begun;
    const begunBytes = this.#begunBytes;
    const rest = bytes.subarray(end);
    if (end === 0) {
      begun.push(rest);
      this.#begunBytes += rest.length;
      return rest.subarray(0, 0);
    }
    this.#begun = rest.length === 0 ? [] : [rest];
    this.#begunBytes = rest.length;
    if (begunBytes === 0) return bytes.subarray(0, end);
    return concat([...begun, bytes.subarray(0, end)]);
  }

  /** What has come of a last line without a line end. */
  rest(): Uint8Array<ArrayBuffer> {
    return concat(this.#begun);
  }
}

/**
 * Finds the last line.
 *
 * @param lines Whole lines, at least one.
 * @returns The line, with its line end.
 */
export function lastLine(lines: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  // A search from −1 on would begin at the end again.
  const end = lines.length < 2 ? -1 : lines.lastIndexOf(LINE_END, lines.length - 2);
  return lines.subarray(end + 1);
}
