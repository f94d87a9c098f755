// @ts-check
/**
 * Looks backwards by means of reads that go forwards.
 *
 * @module
 */

/**
 * Finds the last item below a bound, with about as many reads as the distance has bits.
 *
 * @template T
 * @param {number} end The bound.
 * @param {(from: number) => Promise<T | null>} firstFrom Reads the first item at or after a number, and below the bound.
 * @param {(item: T) => number} numberOf
 * @returns {Promise<T | null>} `null` where there is none from 0 on.
 */
export async function lastBelow(end, firstFrom, numberOf) {
  /** None is at or above this. */
  let top = end;
  let last = null;
  for (let step = 1; last === null && top > 0; step *= 16) {
    const from = Math.max(0, end - step);
    last = await firstFrom(from);
    if (last === null) top = from;
  }
  if (last === null) return null;
  for (let low = numberOf(last) + 1; low < top;) {
    const middle = low + Math.floor((top - low) / 2);
    const found = await firstFrom(middle);
    if (found === null) top = middle;
    else {
      last = found;
      low = numberOf(found) + 1;
    }
  }
  return last;
}
