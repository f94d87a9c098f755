/**
 * The name that was meant.
 *
 * @module
 */

/**
 * Finds the nearest of some names.
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
    const distance = typed.length >= 3 && name.startsWith(typed) ? 1 : editDistance(typed, name);
    if (distance < least && distance < name.length) {
      best = name;
      least = distance;
    }
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one text into the other. */
function editDistance(a: string, b: string): number {
  // Every index that is read has been written: `before` is looked at from the second row and column on.
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(replaced, above[j]! + 1, row[j - 1]! + 1);
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j]!, before[j - 2]! + 1);
      }
    }
    before = above;
    above = row;
  }
  return above[b.length]!;
}
