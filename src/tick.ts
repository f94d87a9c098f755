/**
 * Ticks of the event loop.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { delay } from "./deps/delay.ts";
import { timeSliceMs } from "./limits.ts";

/**
 * Deno 2.8.0, of all versions, does not wake for an immediate while it waits for input: a server
 * would respond only when something else happens. A timer beside the immediate wakes it.
 */
const needsWaking = globalThis.Deno?.version.deno === "2.8.0";

/**
 * Calls a function in the next tick, after the input that has come by then.
 *
 * @param callback What to call.
 */
export function inNextTick(callback: () => void): void {
  if (needsWaking) {
    const timer = setTimeout(() => {}, 0);
    setImmediate(() => {
      clearTimeout(timer);
      callback();
    });
  } else setImmediate(callback);
}

/**
 * Lets everyone else have their tick: input, timers and waiting writes.
 *
 * @returns A promise that resolves in a tick of its own; that takes some microseconds.
 */
export function nextTick(): Promise<void> {
  return new Promise((resolve) => inNextTick(resolve));
}

/** Long work in slices: others that this thread serves get a tick between two of them. */
export class TimeSlice {
  #end = performance.now() + timeSliceMs;

  /** Whether it is time to let others have their tick. */
  get isOver(): boolean {
    return performance.now() >= this.#end;
  }

  /** Lets the others have their tick, or several after a long one, and begins the next slice. */
  async next(): Promise<void> {
    const restMs = (performance.now() - this.#end) / 10;
    if (restMs < 1) await nextTick();
    else await delay(restMs);
    this.#end = performance.now() + timeSliceMs;
  }
}
