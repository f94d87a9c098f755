/**
 * The name that was meant.
 *
 * @module
 */

import { levenshteinDistance } from "./deps/levenshtein_distance.ts";

/**
 * Finds the nearest of some names. `closestString` of `@std/text` always finds one, however far it is.
 *
 * @param typed What was typed.
 * @param names What there is.
 * @returns The name; `undefined` when none is near enough to be what was meant.
 */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(typed.length / 3)) + 1;
  for (const name of names) {
    // A beginning is near, however long the rest is.
    const distance = typed.length >= 3 && name.startsWith(typed)
      ? 1
      : levenshteinDistance(typed, name);
    if (distance < least && distance < name.length) {
      best = name;
      least = distance;
    }
  }
  return best;
}
