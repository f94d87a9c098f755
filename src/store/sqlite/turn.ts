/**
 * Turns of the event loop.
 *
 * @module
 */

import { setImmediate } from "node:timers";

/**
 * Lets everyone else have their turn: input, timers and waiting writes.
 *
 * @returns A promise that resolves in a turn of its own; that takes some microseconds.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => resolve()));
}
