/**
 * Property tests. A failure prints its seed and path; `SEED=… deno task test` runs them again.
 *
 * @module
 */

import fc from "fast-check";

const seed = Number(Deno.env.get("SEED") ?? Date.now() & 0x7fffffff);
console.error(`Property tests: SEED=${seed}`);
fc.configureGlobal({ seed });

/** The code points of the halves of pairs in UTF-16, which are no characters. */
const halves = { from: 0xd800, count: 0x800 };

/**
 * Any character of Unicode, as `fc.string({ unit: anyCharacter })` takes it: the same text as of the
 * unit `binary`, which first fills a table of all 1.1 million characters, a second of each test file.
 */
export const anyCharacter: fc.Arbitrary<string> = fc
  .integer({ min: 0, max: 0x10ffff - halves.count })
  .map(
    (n) => String.fromCodePoint(n < halves.from ? n : n + halves.count),
    (text) => {
      const point = typeof text === "string" && text.isWellFormed()
        ? text.codePointAt(0)
        : undefined;
      if (point === undefined || text !== String.fromCodePoint(point)) {
        throw new TypeError("not one character");
      }
      return point < halves.from ? point : point - halves.count;
    },
  );

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
