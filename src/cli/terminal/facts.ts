/**
 * What is known of one thing, a line each.
 *
 * @module
 */

/**
 * Writes facts below each other.
 *
 * @param facts Names and values. What is `undefined` or empty is left out.
 */
export function formatFacts(facts: Record<string, string | number | undefined>): string[] {
  const known = Object.entries(facts).filter(([, value]) => value !== undefined && value !== "");
  const width = Math.max(...known.map(([name]) => name.length));
  return known.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}
