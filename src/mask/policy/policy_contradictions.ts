/**
 * Rules of a policy that contradict each other whatever the events are: the same path twice, with different
 * rules, for events that may be the same. What depends on the events is found when they are masked.
 *
 * @module
 */

import { Pattern } from "../../slice/pattern.ts";
import { normalizedPath } from "./path.ts";
import { countIn, type Indexed, PatternIndex } from "./pattern_index.ts";
import type { PolicyEntry, PolicyPattern, PolicyProblem, PolicyRule } from "./policy.ts";

/** The patterns that an entry has of types, or of categories; one `undefined` for all names. */
interface Names {
  readonly patterns: readonly (Pattern | undefined)[];
  /** Those that are named one by one. */
  readonly single: ReadonlySet<string>;
  readonly hasStars: boolean;
}

interface Entry {
  readonly types: Names;
  readonly categories: Names;
}

interface Placed {
  readonly entry: Entry;
  readonly rule: PolicyRule;
}

/** The rules for one path. A policy may have one for each of thousands of types. */
class PathRules {
  readonly #byType = new PatternIndex<Placed>();
  readonly #byCategory = new PatternIndex<Placed>();

  /** A rule that is for the same value and does something else; `undefined` where there is none. */
  contrary({ entry, rule }: Placed): Placed | undefined {
    const ofTypes = candidates(entry.types, this.#byType);
    const ofCategories = candidates(entry.categories, this.#byCategory);
    const isByType = ofTypes.count <= ofCategories.count;
    for (const { pattern, lists } of (isByType ? ofTypes : ofCategories).near) {
      for (const list of lists) {
        const found = list.find(({ pattern: other, value }) =>
          value.rule.rule.text !== rule.rule.text && patternsOverlap(pattern, other) &&
          (isByType
            ? namesOverlap(entry.categories, value.entry.categories)
            : namesOverlap(entry.types, value.entry.types))
        );
        if (found !== undefined) return found.value;
      }
    }
    return undefined;
  }

  /** Adds a rule. */
  add(placed: Placed): void {
    for (const pattern of placed.entry.types.patterns) this.#byType.add(pattern, placed);
    for (const pattern of placed.entry.categories.patterns) this.#byCategory.add(pattern, placed);
  }
}

/** What has to be compared with the patterns of an entry, and how much that is. */
interface Candidates {
  readonly near: readonly {
    readonly pattern: Pattern | undefined;
    readonly lists: readonly (readonly Indexed<Placed>[])[];
  }[];
  readonly count: number;
}

function candidates({ patterns }: Names, index: PatternIndex<Placed>): Candidates {
  const near = patterns.map((pattern) => ({ pattern, lists: index.near(pattern) }));
  return { near, count: near.reduce((sum, { lists }) => sum + countIn(lists), 0) };
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

function namesOf(given: readonly PolicyPattern[] | undefined): Names {
  const patterns = given?.map(({ text }) => new Pattern(text)) ?? [undefined];
  const literals = patterns.map((pattern) => pattern?.literal);
  return {
    patterns,
    single: new Set(literals.filter((name) => name !== undefined)),
    hasStars: literals.includes(undefined),
  };
}

function namesOverlap(a: Names, b: Names): boolean {
  if (!a.hasStars && !b.hasStars) return !a.single.isDisjointFrom(b.single);
  return a.patterns.some((one) => b.patterns.some((other) => patternsOverlap(one, other)));
}

function patternsOverlap(a: Pattern | undefined, b: Pattern | undefined): boolean {
  if (a === undefined || b === undefined) return true;
  if (a.literal !== undefined) return b.matches(a.literal);
  return b.literal === undefined ? starredOverlap(a, b) : a.matches(b.literal);
}

/**
 * Whether there is a name that two patterns with a star match: one that begins with the longer of their beginnings
 * and ends with the longer of their ends, with all else of both between. A shorter beginning has to be a part of
 * the longer one, and a shorter end too.
 */
function starredOverlap(a: Pattern, b: Pattern): boolean {
  return (a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix)) &&
    (a.suffix.endsWith(b.suffix) || b.suffix.endsWith(a.suffix));
}
