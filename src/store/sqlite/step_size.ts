/**
 * How many messages to look at in one tick. SQLite reads all of a row to come to its metadata, so that it depends
 * on how large payloads are, and is found by measuring.
 *
 * @module
 */

import { timeSliceMs } from "../../limits.ts";
import { linkStepFirst } from "./limits.ts";

/** A number of messages that fits the time of a tick. */
export class StepSize {
  readonly #max: number;
  #size: number;

  /** @param max The most, however fast they are. */
  constructor(max: number) {
    this.#max = max;
    this.#size = Math.min(linkStepFirst, max);
  }

  get size(): number {
    return this.#size;
  }

  /** Takes a step of that size, and learns from the time that it takes. */
  measure<T>(step: () => T): T {
    const begun = performance.now();
    const result = step();
    const ms = performance.now() - begun;
    if (ms > 2 * timeSliceMs) this.#size = Math.max(1, this.#size >> 2);
    else if (ms < timeSliceMs) this.#size = Math.min(this.#max, 2 * this.#size);
    return result;
  }
}
