/**
 * Pseudonyms that were computed lately: ids and names come again and again in the events of one process.
 * They are kept for speed alone, in bounded memory.
 *
 * @module
 */

import { recentPseudonymCharsMax } from "../limits.ts";

/** How many all tables together may still keep before each of them lets go of its older half. */
export class RecentBudget {
  readonly #half: number;
  #left: number;
  /** Counts how often the tables had to let go. */
  generation = 0;

  /** @param valuesMax Most values that all tables together keep. */
  constructor(valuesMax: number) {
    this.#half = this.#left = valuesMax / 2;
  }

  /** Takes the room for one more. */
  take(): void {
    if (--this.#left > 0) return;
    this.#left = this.#half;
    this.generation++;
  }
}

/** Remembers what a function has made of texts. */
export class RecentValues<T> {
  readonly #budget: RecentBudget;
  readonly #compute: (text: string) => T;
  #generation = 0;
  #recent = new Map<string, T>();
  #older = new Map<string, T>();

  /**
   * @param budget Shared by all tables.
   * @param compute The function.
   */
  constructor(budget: RecentBudget, compute: (text: string) => T) {
    this.#budget = budget;
    this.#compute = compute;
  }

  /**
   * The function's value.
   *
   * @param text What it is computed of.
   * @returns The value.
   */
  of(text: string): T {
    const known = this.#recent.get(text);
    if (known !== undefined) return known;
    if (text.length > recentPseudonymCharsMax) return this.#compute(text);
    if (this.#generation !== this.#budget.generation) {
      // What has not been asked for in a whole generation is let go of.
      this.#older = this.#generation === this.#budget.generation - 1 ? this.#recent : new Map();
      this.#recent = new Map();
      this.#generation = this.#budget.generation;
    }
    const value = this.#older.get(text) ?? this.#compute(text);
    this.#recent.set(text, value);
    this.#budget.take();
    return value;
  }
}
