/**
 * Rules of a policy that contradict each other whatever the events are: the same path twice, with different
 * rules, for events that may be the same. What depends on the events is found when they are masked.
 *
 * @module
 */

import { Pattern } from "../../slice/pattern.ts";
import { normalizedPath } from "./path.ts";
import type { PolicyEntry, PolicyPattern, PolicyProblem, PolicyRule } from "./policy.ts";

/** The names that some patterns match. */
interface Names {
  /** Those that are named one by one. */
  readonly single: ReadonlySet<string>;
  /** Patterns with a star. */
  readonly starred: readonly Pattern[];
}

/** An entry, with its patterns taken apart; `undefined` for all names. */
interface Entry {
  readonly types: Names | undefined;
  readonly categories: Names | undefined;
}

interface Placed {
  readonly entry: Entry;
  readonly rule: PolicyRule;
}

/** The rules for one path. A policy may have one for each of thousands of types. */
class PathRules {
  readonly #all: Placed[] = [];
  /** Those of entries that name each type. */
  readonly #byType = new Map<string, Placed[]>();
  /** Those of other entries. */
  readonly #others: Placed[] = [];

  /** A rule that is for the same value and does something else; `undefined` where there is none. */
  contrary({ entry, rule }: Placed): Placed | undefined {
    for (const some of this.#candidates(entry)) {
      const found = some.find((other) =>
        other.rule.rule.text !== rule.rule.text && overlap(other.entry, entry)
      );
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Adds a rule. */
  add(placed: Placed): void {
    this.#all.push(placed);
    const { types } = placed.entry;
    if (types === undefined || types.starred.length > 0) {
      this.#others.push(placed);
      return;
    }
    for (const type of types.single) {
      const known = this.#byType.get(type);
      if (known === undefined) this.#byType.set(type, [placed]);
      else known.push(placed);
    }
  }

  #candidates({ types }: Entry): readonly (readonly Placed[])[] {
    if (types === undefined || types.starred.length > 0) return [this.#all];
    return [...[...types.single].map((type) => this.#byType.get(type) ?? []), this.#others];
  }
}

/**
 * Finds contradictions.
 *
 * @param entries The entries of a policy.
 * @returns What is wrong, each at the later of two rules.
 */
export function contradictions(entries: readonly PolicyEntry[]): PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  const byPath = new Map<string, PathRules>();
  for (const { types, categories, rules } of entries) {
    const entry = { types: namesOf(types), categories: namesOf(categories) };
    for (const rule of rules) {
      // Values and keys are decided apart from each other.
      const kind = rule.rule.name === "keys" ? "keys" : "value";
      for (const path of new Set(rule.paths.map(normalizedPath))) {
        const key = `${rule.section} ${kind} ${path}`;
        let same = byPath.get(key);
        if (same === undefined) byPath.set(key, same = new PathRules());
        const other = same.contrary({ entry, rule })?.rule;
        if (other !== undefined) {
          problems.push({
            line: rule.line,
            column: rule.column,
            message: `${rule.path}: ${rule.rule.text} contradicts line ${other.line}, which has ` +
              `${other.rule.text} for the same value: leave one of them out, or name other types`,
          });
        } else same.add({ entry, rule });
      }
    }
  }
  return problems;
}

function namesOf(patterns: readonly PolicyPattern[] | undefined): Names | undefined {
  if (patterns === undefined) return undefined;
  const single = new Set<string>();
  const starred: Pattern[] = [];
  for (const { text } of patterns) {
    const pattern = new Pattern(text);
    if (pattern.literal === undefined) starred.push(pattern);
    else single.add(pattern.literal);
  }
  return { single, starred };
}

function overlap(a: Entry, b: Entry): boolean {
  return a === b || (someOverlap(a.types, b.types) && someOverlap(a.categories, b.categories));
}

function someOverlap(a: Names | undefined, b: Names | undefined): boolean {
  if (a === undefined || b === undefined) return true;
  for (const one of a.starred) {
    for (const other of b.starred) if (starredOverlap(one, other)) return true;
  }
  return !a.single.isDisjointFrom(b.single) || someMatch(a, b) || someMatch(b, a);
}

function someMatch({ starred }: Names, { single }: Names): boolean {
  if (starred.length === 0) return false;
  for (const name of single) if (starred.some((pattern) => pattern.matches(name))) return true;
  return false;
}

/**
 * Whether there is a name that two patterns with a star match: one that begins with the longer of their beginnings
 * and ends with the longer of their ends, with all else of both between. A shorter beginning has to be a part of
 * the longer one, and a shorter end too.
 */
function starredOverlap(a: Pattern, b: Pattern): boolean {
  const start = Math.min(a.prefix.length, b.prefix.length);
  const end = Math.min(a.suffix.length, b.suffix.length);
  return a.prefix.slice(0, start) === b.prefix.slice(0, start) &&
    a.suffix.slice(a.suffix.length - end) === b.suffix.slice(b.suffix.length - end);
}
