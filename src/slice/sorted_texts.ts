/**
 * Sorted texts, many of them: sorted and merged in slices of time.
 *
 * @module
 */

import { textsSortedAtOnceMax } from "./limits.ts";
import type { TimeSlice } from "../tick.ts";

/**
 * Sorts texts, part by part.
 *
 * @param slice Lets others have their tick between two parts.
 * @returns The texts in the order of their code units, each once; the parts are merged while it is read.
 */
export async function sortedInSlices(
  texts: Iterable<string>,
  slice: TimeSlice,
): Promise<Iterable<string>> {
  const parts: string[][] = [];
  let part: string[] = [];
  const end = () => {
    parts.push(part.sort());
    part = [];
  };
  for (const text of texts) {
    if (part.push(text) < textsSortedAtOnceMax) continue;
    end();
    if (slice.isOver) await slice.next();
  }
  if (part.length > 0) end();
  return merged(parts);
}

/**
 * Merges sorted texts.
 *
 * @param sources The texts of each source, sorted by their code units.
 * @returns All of them in one order, each once.
 */
export function merged(sources: readonly Iterable<string>[]): Iterable<string> {
  if (sources.length <= 2) return mergedPair(sources[0] ?? [], sources[1] ?? []);
  const middle = sources.length >> 1;
  return mergedPair(merged(sources.slice(0, middle)), merged(sources.slice(middle)));
}

function* mergedPair(one: Iterable<string>, other: Iterable<string>): Generator<string> {
  const [a, b] = [one[Symbol.iterator](), other[Symbol.iterator]()];
  let [fromA, fromB] = [a.next(), b.next()];
  let last: string | undefined;
  while (!fromA.done || !fromB.done) {
    let text: string;
    if (fromB.done || (!fromA.done && fromA.value <= fromB.value)) {
      text = fromA.value!;
      fromA = a.next();
    } else {
      text = fromB.value;
      fromB = b.next();
    }
    if (text === last) continue;
    last = text;
    yield text;
  }
}
