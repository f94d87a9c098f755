/**
 * Property tests. A failure prints its seed and path; `SEED=… deno task test` runs them again.
 *
 * @module
 */

import fc from "fast-check";

const seed = Number(Deno.env.get("SEED") ?? Date.now() & 0x7fffffff);
console.error(`Property tests: SEED=${seed}`);
fc.configureGlobal({ seed });

/** Text or bytes, and where to cut them. */
export type Cut<T> = [whole: T, cuts: number[]];

/**
 * Adds places to cut at: few or many, also twice at one place.
 *
 * @param whole What is cut.
 * @returns It, with the places.
 */
export function withCuts<T extends { length: number }>(
  whole: fc.Arbitrary<T>,
): fc.Arbitrary<Cut<T>> {
  return whole.chain((value) =>
    fc.tuple(fc.constant(value), fc.array(fc.nat(value.length), { maxLength: 40 }))
  );
}

/** Cuts at the given places. */
export function pieces<T extends { slice(start: number, end: number): T; length: number }>(
  [whole, cuts]: Cut<T>,
): T[] {
  const edges = [0, ...cuts.toSorted((a, b) => a - b), whole.length];
  return edges.slice(1).map((end, i) => whole.slice(edges[i]!, end));
}
