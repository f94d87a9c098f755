/**
 * Heartbeats in a response that may have nothing to say for long.
 *
 * @module
 */

import { within } from "../waiting.ts";

type Lines = Uint8Array<ArrayBuffer>;

/** Readers of NDJSON pass over empty lines. */
const emptyLine = new TextEncoder().encode("\n");

/**
 * Hands lines on, and an empty line whenever none has come for a while: a client that hears nothing takes the
 * server for dead.
 *
 * @param pages Whole lines; pages without any are left out.
 * @param everyMs How long none may come, in milliseconds.
 */
export function withHeartbeat(
  pages: AsyncIterator<Lines, void>,
  everyMs: number,
): AsyncIterator<Lines, void> {
  let last = performance.now();
  let next: Promise<IteratorResult<Lines, void>> | undefined;
  return {
    async next() {
      while (true) {
        next ??= pages.next();
        const result = await within(next, last + everyMs - performance.now());
        if (result !== undefined) next = undefined;
        if (result?.done) return result;
        const isEmpty = result === undefined || result.value.length === 0;
        if (isEmpty && performance.now() - last < everyMs) continue;
        last = performance.now();
        return isEmpty ? { value: emptyLine.slice() } : result;
      }
    },
    async return() {
      next?.catch(() => {});
      await pages.return?.();
      return { done: true, value: undefined };
    },
  };
}
