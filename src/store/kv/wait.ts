/**
 * Waiting before another attempt.
 *
 * @module
 */

import { delay } from "../../deps/delay.ts";
import { kvAttemptsMin, kvRetryMs, kvRetryPauseMsMax } from "./limits.ts";
import { contended } from "./errors.ts";

/**
 * Attempts at something that others may be faster at. Only many failed ones mean that others are:
 * one alone may have taken long, when the network was down.
 */
export class Attempts {
  readonly #action: string;
  readonly #id: string;
  readonly #waitMs: number;
  #failed = 0;
  /** When the first of them was over. */
  #start = 0;

  /** As {@linkcode untilDone}. */
  constructor(action: string, id: string, waitMs = 0) {
    this.#action = action;
    this.#id = id;
    this.#waitMs = waitMs;
  }

  /** Begins again, after an attempt that succeeded. */
  reset(): void {
    this.#failed = 0;
  }

  /** Waits after a failed attempt, longer each time. @throws {EventoDBError} `BACKEND_ERROR` after enough of them. */
  async next(): Promise<void> {
    if (this.#failed++ === 0) this.#start = performance.now();
    const isOver = performance.now() - this.#start >= kvRetryMs + this.#waitMs;
    if (isOver && this.#failed >= kvAttemptsMin) {
      this.reset();
      throw contended(this.#action, this.#id);
    }
    await pause(this.#failed - 1);
  }
}

/**
 * Attempts something until it is done: `undefined` means that others were faster.
 *
 * @param action What is attempted, such as `write to`.
 * @param waitMs How much longer than usual it is attempted, in milliseconds.
 */
export async function untilDone<T>(
  action: string,
  id: string,
  attempt: () => Promise<T | undefined>,
  waitMs?: number,
): Promise<T> {
  const attempts = new Attempts(action, id, waitMs);
  for (;;) {
    const result = await attempt();
    if (result !== undefined) return result;
    await attempts.next();
  }
}

/**
 * Waits a little, longer with each attempt, and at random, so that those who are in each other's way
 * do not meet again.
 *
 * @param attempt How many attempts there were before the last one.
 */
export function pause(attempt: number): Promise<void> {
  return delay(Math.random() * Math.min(2 ** attempt, kvRetryPauseMsMax));
}
