/**
 * Which line of an import each of its records stood on, by their global positions: to name an earlier
 * line that has a key already. Only where a run of records begins is remembered, and how many lines there are
 * from each of them to the next: empty lines between all of them make no more runs.
 *
 * @module
 */

import { importedLineRunsMax } from "./limits.ts";

export class ImportedLines {
  readonly #runsMax: number;
  /** Of each run: its first global position, that record's line, how many records it has, and the lines to the next. */
  readonly #firsts: number[] = [];
  readonly #lines: number[] = [];
  readonly #counts: number[] = [];
  readonly #steps: number[] = [];
  #nextPosition = -1;
  #lastLine = -1;

  /** @param runsMax Most runs; the lines of records after them are not known. */
  constructor(runsMax: number = importedLineRunsMax) {
    this.#runsMax = runsMax;
  }

  note(globalPosition: number, line: number): void {
    const run = this.#counts.length - 1;
    const step = line - this.#lastLine;
    // There is a run where the next position is one above it; its second record decides on its step.
    if (
      globalPosition === this.#nextPosition &&
      (step === this.#steps[run] || this.#counts[run] === 1)
    ) {
      this.#steps[run] = step;
      this.#counts[run]!++;
    } else {
      if (this.#firsts.length === this.#runsMax) return;
      this.#firsts.push(globalPosition);
      this.#lines.push(line);
      this.#counts.push(1);
      this.#steps.push(1);
    }
    this.#nextPosition = globalPosition + 1;
    this.#lastLine = line;
  }

  /** `undefined` when the import had none of that position, or its line is not known. */
  lineOf(globalPosition: number): number | undefined {
    const run = this.#firsts.findIndex((first, index) =>
      globalPosition >= first && globalPosition < first + this.#counts[index]!
    );
    if (run < 0) return undefined;
    return this.#lines[run]! + (globalPosition - this.#firsts[run]!) * this.#steps[run]!;
  }
}
