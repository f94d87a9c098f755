/**
 * Which line a record of an import stood on, from its place among the records. They are the same but
 * for empty lines, so only the gaps are remembered.
 *
 * @module
 */

import { lineRunsMax } from "../../../limits.ts";

/** The lines of one import. */
export class Lines {
  /** Each run of records on lines without a gap: its first record's place and line. */
  readonly #runs: { place: number; line: number }[] = [];
  #places = 0;
  #lastLine = -1;
  /** Places up to this one are known; a file may have more gaps than are remembered. */
  #known = Infinity;

  /** How many records there were. */
  get count(): number {
    return this.#places;
  }

  /** Notes the next record. @param line The line it stood on. */
  note(line: number): void {
    this.#places++;
    const isGap = line !== this.#lastLine + 1;
    this.#lastLine = line;
    if (!isGap) return;
    if (this.#runs.length < lineRunsMax) this.#runs.push({ place: this.#places, line });
    else this.#known = Math.min(this.#known, this.#places - 1);
  }

  /**
   * Finds a record's line.
   *
   * @param place The record's place, from 1.
   * @returns The line; `undefined` when the file had more gaps before it than are remembered.
   */
  lineOf(place: number): number | undefined {
    if (place > this.#known) return undefined;
    const run = this.#runs.findLast((run) => run.place <= place);
    return run && run.line + place - run.place;
  }
}
