/**
 * The global positions of an import, for those who are notified of its commit: which of the messages
 * below the position that a reader has reached are new to it.
 *
 * @module
 */

import { importedRunsMax } from "./limits.ts";

/** Global positions as runs without a gap, 16 bytes each. */
export class ImportedPositions {
  /** The first and the last position of each run, as many of both; ascending and apart once `#isSorted`. */
  #firsts: number[] = [];
  #lasts: number[] = [];
  #isSorted = true;
  readonly #runsMax: number;

  /**
   * Begins with none.
   *
   * @param runsMax Most runs that are kept.
   */
  constructor(runsMax: number = importedRunsMax) {
    this.#runsMax = runsMax;
  }

  /** How many runs there are. */
  get runs(): number {
    this.#sort();
    return this.#firsts.length;
  }

  /** How many are in memory: up to twice the most while positions are added. */
  get runsHeld(): number {
    return this.#firsts.length;
  }

  /** The lowest position; `Infinity` for none. */
  get lowest(): number {
    this.#sort();
    return this.#firsts[0] ?? Infinity;
  }

  /**
   * Adds a position, or a run of them.
   *
   * @param first The position, or the first of the run.
   * @param last The last of the run.
   */
  add(first: number, last: number = first): void {
    const end = this.#lasts.length - 1;
    if (end >= 0 && first === this.#lasts[end]! + 1) {
      this.#lasts[end] = last;
      return;
    }
    if (end >= 0 && first <= this.#lasts[end]!) this.#isSorted = false;
    this.#firsts.push(first);
    this.#lasts.push(last);
    if (this.#firsts.length >= 2 * this.#runsMax) this.#sort();
  }

  /** Whether a position is among them. */
  has(position: number): boolean {
    const run = this.#runAtOrAfter(position);
    return run < this.#firsts.length && this.#firsts[run]! <= position;
  }

  /** The lowest of them that is not below a position; `Infinity` where there is none. */
  atOrAfter(position: number): number {
    const run = this.#runAtOrAfter(position);
    return run < this.#firsts.length ? Math.max(position, this.#firsts[run]!) : Infinity;
  }

  /** The runs, ascending: the first and the last position of each. */
  *[Symbol.iterator](): Generator<[first: number, last: number]> {
    this.#sort();
    for (const [run, first] of this.#firsts.entries()) yield [first, this.#lasts[run]!];
  }

  /** Index of the first run that does not end below a position. */
  #runAtOrAfter(position: number): number {
    this.#sort();
    let low = 0;
    let high = this.#lasts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#lasts[middle]! < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #sort(): void {
    if (!this.#isSorted) {
      const order = [...this.#firsts.keys()].sort((a, b) => this.#firsts[a]! - this.#firsts[b]!);
      this.#join(order, 0);
      this.#isSorted = true;
    }
    if (this.#firsts.length > this.#runsMax) this.#coarsen();
  }

  /** Bounds the memory: of what lies close together, the gaps are taken in too. */
  #coarsen(): void {
    const keep = this.#runsMax >>> 1;
    const gaps = this.#firsts.slice(1).map((first, run) => first - this.#lasts[run]!);
    const widest = gaps.toSorted((a, b) => b - a)[keep - 1] ?? 0;
    this.#join([...this.#firsts.keys()], widest);
  }

  /** Puts the runs in an order, and joins those that are at most so far apart. */
  #join(order: readonly number[], gapMax: number): void {
    const firsts: number[] = [];
    const lasts: number[] = [];
    for (const run of order) {
      const end = lasts.length - 1;
      if (end >= 0 && this.#firsts[run]! - lasts[end]! <= Math.max(1, gapMax)) {
        lasts[end] = Math.max(lasts[end]!, this.#lasts[run]!);
      } else {
        firsts.push(this.#firsts[run]!);
        lasts.push(this.#lasts[run]!);
      }
    }
    this.#firsts = firsts;
    this.#lasts = lasts;
  }
}
