/**
 * What is known of the values at one place: kinds, how many, about how many different, and what they look
 * like. No value is kept.
 *
 * @module
 */

import { DistinctCount } from "../distinct_count.ts";
import { type Look, lookOf } from "../looks.ts";

/** Kinds of values in JSON. */
export type ValueKind = "text" | "number" | "true or false" | "null";

/** Every value is looked at until there are this many; then one of `lookEvery`. */
const lookAtFirst = 1000;
const lookEvery = 16;

/** Counts the values at one place. */
export class ValueTally {
  /** How many values. */
  values = 0;
  /** How many of each kind. */
  readonly kinds = new Map<ValueKind, number>();
  /** How many different ones, about. */
  readonly different = new DistinctCount();
  readonly #looks = new Map<Look, number>();
  #looked = 0;

  /**
   * Adds a value.
   *
   * @param text The text of a string, or the value as it stands.
   */
  add(kind: ValueKind, text: string): void {
    this.values++;
    this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1);
    this.different.add(text);
    if ((kind !== "text" && kind !== "number") || text === "") return;
    if (this.values > lookAtFirst && this.values % lookEvery !== 0) return;
    this.#looked++;
    const look = lookOf(text);
    // Any number begins like one of a phone.
    if (kind === "number" && look !== "card number") return;
    this.#looks.set(look, (this.#looks.get(look) ?? 0) + 1);
  }

  /** Adds what another has counted. */
  addAll(other: ValueTally): void {
    this.values += other.values;
    this.#looked += other.#looked;
    this.different.addAll(other.different.parts);
    for (const [kind, count] of other.kinds) {
      this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + count);
    }
    for (const [look, count] of other.#looks) {
      this.#looks.set(look, (this.#looks.get(look) ?? 0) + count);
    }
  }

  /** What one in ten of them or more look like, the most frequent first. */
  get looks(): Look[] {
    return [...this.#looks].filter(([, count]) => count * 10 >= this.#looked)
      .sort(([, a], [, b]) => b - a).map(([look]) => look);
  }
}
