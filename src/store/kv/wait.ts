/**
 * Waiting before another attempt.
 *
 * @module
 */

/** Longest wait before an attempt, in milliseconds. */
const pauseMsMax = 100;

/**
 * Waits a little, longer with each attempt, and at random, so that those who are in each other's way
 * do not meet again.
 *
 * @param attempt How many attempts there were before the last one.
 */
export function pause(attempt: number): Promise<void> {
  const delayMs = Math.random() * Math.min(2 ** attempt, pauseMsMax);
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
