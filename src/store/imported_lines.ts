/**
 * Which line of an import each of its records stood on, by their global positions: to name an earlier
 * line that has a key already. Only where a run of records begins is remembered.
 *
 * @module
 */

import { importedLineRunsMax } from "./limits.ts";

export class ImportedLines {
  readonly #runsMax: number;
  /** Of each run: its first global position, that record's line, and how many records it has. */
  readonly #firsts: number[] = [];
  readonly #lines: number[] = [];
  readonly #counts: number[] = [];
  #nextPosition = -1;
  #nextLine = -1;

  /** @param runsMax Most runs; the lines of records after them are not known. */
  constructor(runsMax: number = importedLineRunsMax) {
    this.#runsMax = runsMax;
  }

  note(globalPosition: number, line: number): void {
    if (globalPosition === this.#nextPosition && line === this.#nextLine) {
      this.#counts[this.#counts.length - 1]!++; // There is a run: the next position is one above it.
    } else {
      if (this.#firsts.length === this.#runsMax) return;
      this.#firsts.push(globalPosition);
      this.#lines.push(line);
      this.#counts.push(1);
    }
    this.#nextPosition = globalPosition + 1;
    this.#nextLine = line + 1;
  }

  /** `undefined` when the import had none of that position, or its line is not known. */
  lineOf(globalPosition: number): number | undefined {
    const run = this.#firsts.findIndex((first, index) =>
      globalPosition >= first && globalPosition < first + this.#counts[index]!
    );
    return run < 0 ? undefined : this.#lines[run]! + globalPosition - this.#firsts[run]!;
  }
}
