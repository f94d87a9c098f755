/**
 * Waiting for an import or a deletion to end. No connection is held meanwhile: a few waiting writes
 * would otherwise use up the pool that the import itself needs.
 *
 * @module
 */

import { delay } from "../../../deps/delay.ts";
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
    await delay(postgresImportPollMs);
  }
}
