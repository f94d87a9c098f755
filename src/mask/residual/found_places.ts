/**
 * The places in which masked texts were found, by numbers.
 *
 * @module
 */

import type { RawStep } from "../../json/value_walker.ts";
import { type LineHead, nameOfKey } from "../../record/line_head.ts";
import { categoryOf } from "../../stream_name.ts";
import { residualPlacesMax } from "../limits.ts";
import { Names } from "./names.ts";
import { placeOf, streamPlaceOf } from "./place.ts";

/** Numbers places as texts are found in them. */
export class FoundPlaces {
  /** Their names. */
  readonly names = new Names();
  /** What was numbered before, by what its name is made of: that takes longer than to find what is named. */
  readonly #numbers = new Map<string, number>();

  /**
   * Numbers the place of a value.
   *
   * @param head The beginning of its line.
   * @param field The part of the event.
   * @param steps The way to the value, each byte of a key as one character.
   * @returns Its number.
   */
  numberOf(
    head: LineHead,
    field: "stream" | "data" | "metadata",
    steps: readonly RawStep[],
  ): number {
    if (field === "stream") {
      const category = categoryOf(head.stream);
      return this.#numberOf(`\0${category}`, () => streamPlaceOf(category));
    }
    // In JSON there is no NUL, so that no two places have the same key.
    return this.#numberOf(`${steps.length}\0${steps.join("\0")}\0${head.typeKey}`, () => {
      const names = steps.slice(1).map((step) => step === null ? null : nameOfKey(step));
      return placeOf(head.type, field, names);
    });
  }

  #numberOf(key: string, name: () => string): number {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      if (this.#numbers.size === residualPlacesMax) this.#numbers.clear();
      number = this.names.numberOf(name());
      this.#numbers.set(key, number);
    }
    return number;
  }
}
