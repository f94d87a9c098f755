/**
 * Waiting for an import or a deletion to end. No connection is held meanwhile: a few waiting writes
 * would otherwise use up the pool that the import itself needs.
 *
 * @module
 */

import { postgresImportPollMs } from "../../../limits.ts";

/**
 * Tries until there is a result or the time is over.
 *
 * @param waitMs How long, in milliseconds.
 * @param attempt Resolves to `undefined` while the gate is closed.
 * @returns The result, or `undefined` when the time is over.
 */
export async function untilGateOpens<T>(
  waitMs: number,
  attempt: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const end = performance.now() + waitMs;
  for (;;) {
    const result = await attempt();
    if (result !== undefined || performance.now() >= end) return result;
    await pause(postgresImportPollMs);
  }
}

/**
 * Lets time go by.
 *
 * @param ms How much, in milliseconds.
 */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
