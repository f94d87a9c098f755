/**
 * Names by numbers, in bounded memory.
 *
 * @module
 */

import { residualPlacesMax } from "../limits.ts";

/** What stands for all names beyond the bound. */
const others = "other places";

/** Numbers names as they come. */
export class Names {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];

  /** The names, by their numbers. */
  get all(): readonly string[] {
    return this.#names;
  }

  /**
   * The number of a name.
   *
   * @returns Its number; one and the same for all beyond the bound.
   */
  numberOf(name: string): number {
    const number = this.#numbers.get(name);
    if (number !== undefined) return number;
    if (this.#names.length === residualPlacesMax && name !== others) return this.numberOf(others);
    this.#numbers.set(name, this.#names.length);
    return this.#names.push(name) - 1;
  }

  /** The name of a number. */
  nameOf(number: number): string {
    return this.#names[number]!;
  }
}
