/**
 * Rules of a policy that contradict each other whatever the events are: the same path twice, with different
 * rules, for events that may be the same. What depends on the events is found when they are masked.
 *
 * @module
 */

import { normalizedPath } from "./path.ts";
import type { PolicyEntry, PolicyPattern, PolicyProblem, PolicyRule } from "./policy.ts";

/**
 * Finds contradictions.
 *
 * @param entries The entries of a policy.
 * @returns What is wrong, each at the later of two rules.
 */
export function contradictions(entries: readonly PolicyEntry[]): PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  const byPath = new Map<string, { entry: PolicyEntry; rule: PolicyRule }[]>();
  for (const entry of entries) {
    for (const rule of entry.rules) {
      // Values and keys are decided apart from each other.
      const kind = rule.rule.name === "keys" ? "keys" : "value";
      for (const path of new Set(rule.paths.map(normalizedPath))) {
        const key = `${rule.section} ${kind} ${path}`;
        const same = byPath.get(key) ?? [];
        const other = same.find((other) =>
          other.rule.rule.text !== rule.rule.text && overlap(other.entry, entry)
        );
        if (other !== undefined) {
          problems.push({
            line: rule.line,
            message:
              `${rule.path}: ${rule.rule.text} contradicts line ${other.rule.line}, which has ` +
              `${other.rule.rule.text} for the same value: leave one of them out, or name other types`,
          });
        } else byPath.set(key, [...same, { entry, rule }]);
      }
    }
  }
  return problems;
}

function overlap(a: PolicyEntry, b: PolicyEntry): boolean {
  return a === b || (someOverlap(a.types, b.types) && someOverlap(a.categories, b.categories));
}

function someOverlap(
  a: readonly PolicyPattern[] | undefined,
  b: readonly PolicyPattern[] | undefined,
): boolean {
  if (a === undefined || b === undefined) return true;
  return a.some((one) => b.some((other) => patternsOverlap(one.text, other.text)));
}

/**
 * Whether there is a name that two patterns match.
 *
 * @param a A pattern, with `*` for any text.
 * @param b Another one.
 * @returns Whether there is.
 */
function patternsOverlap(a: string, b: string): boolean {
  const [x, y] = [symbols(a), symbols(b)];
  /** Whether what is left of both has a name in common, from each index of the second on. */
  let next = new Array<boolean>(y.length + 1).fill(false);
  for (let i = x.length; i >= 0; i--) {
    const row = new Array<boolean>(y.length + 1).fill(false);
    for (let j = y.length; j >= 0; j--) {
      if (i === x.length && j === y.length) row[j] = true;
      else if (x[i] === star) row[j] = next[j]! || (j < y.length && row[j + 1]!);
      else if (y[j] === star) row[j] = row[j + 1]! || (i < x.length && next[j]!);
      else row[j] = i < x.length && x[i] === y[j] && next[j + 1]!;
    }
    next = row;
  }
  return next[0]!;
}

const star = "";

/** The characters of a pattern; the empty one stands for any text. */
function symbols(pattern: string): string[] {
  return [...pattern.matchAll(/\\([^])|([^])/gu)]
    .map(([, escaped, plain]) => escaped ?? (plain === "*" ? star : plain!));
}
