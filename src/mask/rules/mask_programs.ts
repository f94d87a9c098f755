/**
 * The rules that apply to an event: those of all entries that match its type and its category.
 *
 * @module
 */

import { maskProgramsMax } from "../limits.ts";
import { linkFields } from "../../slice/links/links.ts";
import { Pattern } from "../../slice/pattern.ts";
import { compareSpecificity, normalizedPath, type Path } from "../policy/path.ts";
import { PathAutomaton, type PathRule } from "../payload/path_automaton.ts";
import type { Decision } from "../payload/payload_mask.ts";
import type {
  MaskPolicy,
  MaskRule,
  PolicyEntry,
  PolicyPattern,
  PolicyRule,
} from "../policy/policy.ts";
import type { RuleMasks } from "./rule_masks.ts";

/** The rules for the events of some types. */
export interface MaskProgram {
  /** Those for data. */
  readonly data: PathAutomaton<Decision>;
  /** Those for metadata. */
  readonly metadata: PathAutomaton<Decision>;
  /** Whether no entry matches, and the policy has `unknown: error`. */
  readonly isUndecided: boolean;
}

/** Patterns as the policy has them, each ready to match. */
type Patterns = readonly (readonly [PolicyPattern, Pattern])[];

interface Entry {
  readonly types: Patterns | undefined;
  readonly categories: Patterns | undefined;
  readonly entry: PolicyEntry;
}

const streamRule: MaskRule = { text: "stream", name: "stream" };

/** The fields of metadata that name streams are masked as such by themselves. */
const linkRules: readonly PolicyRule[] = linkFields.map((field) => ({
  section: "metadata",
  path: `$.${field}`,
  paths: [[{ isDescendant: false, step: { kind: "name", name: field } }]],
  rule: streamRule,
  line: 0,
  column: 0,
}));

/** Finds the rules for events. */
export class MaskPrograms {
  readonly #policy: MaskPolicy;
  readonly #masks: RuleMasks;
  readonly #entries: readonly Entry[];
  /** By type, then by category. */
  #known = new Map<string, Map<string, MaskProgram>>();
  #knownCount = 0;
  /** By the numbers of the entries: many types have the same ones. */
  #programs = new Map<string, MaskProgram>();
  readonly #decisions: Decision[] = [];
  readonly #ofRule = new Map<PolicyRule, Decision>();
  readonly #metPatterns = new Set<PolicyPattern>();

  /** @param masks Makes masks of rules. */
  constructor(policy: MaskPolicy, masks: RuleMasks) {
    this.#policy = policy;
    this.#masks = masks;
    this.#entries = policy.events.map((entry) => ({
      types: entry.types?.map(compiled),
      categories: entry.categories?.map(compiled),
      entry,
    }));
  }

  /**
   * The rules for events.
   *
   * @param category The category of their streams.
   */
  of(type: string, category: string): MaskProgram {
    const known = this.#known.get(type)?.get(category);
    if (known !== undefined) return known;
    if (++this.#knownCount > maskProgramsMax) {
      this.#known = new Map();
      this.#programs = new Map();
      this.#knownCount = 1;
    }
    const entries = this.#entries.flatMap((entry, i) =>
      this.#matches(entry, type, category) ? [i] : []
    );
    const key = entries.join();
    let program = this.#programs.get(key);
    if (program === undefined) {
      program = this.#make(entries.map((i) => this.#entries[i]!.entry));
      this.#programs.set(key, program);
    }
    let byCategory = this.#known.get(type);
    if (byCategory === undefined) this.#known.set(type, byCategory = new Map());
    byCategory.set(category, program);
    return program;
  }

  /** How many values each rule has decided, where it has decided one. */
  matches(): Map<PolicyRule, number> {
    const found = this.#decisions.filter(({ rule, count }) => rule !== undefined && count > 0);
    return new Map(found.map(({ rule, count }) => [rule!, count]));
  }

  /** Patterns of types and categories that an event has matched. */
  get metPatterns(): ReadonlySet<PolicyPattern> {
    return this.#metPatterns;
  }

  #matches({ types, categories }: Entry, type: string, category: string): boolean {
    // Each list is gone through, so that a pattern of one does not hide that one of the other is out of date.
    const [ofType, ofCategory] = [this.#meet(types, type), this.#meet(categories, category)];
    return ofType && ofCategory;
  }

  #meet(patterns: Patterns | undefined, name: string): boolean {
    if (patterns === undefined) return true;
    const met = patterns.filter(([, pattern]) => pattern.matches(name));
    for (const [pattern] of met) this.#metPatterns.add(pattern);
    return met.length > 0;
  }

  #make(entries: readonly PolicyEntry[]): MaskProgram {
    const rules = entries.flatMap(({ rules }) => rules);
    return {
      data: this.#automaton(rules, "data"),
      metadata: this.#automaton(rules, "metadata"),
      isUndecided: entries.length === 0 && this.#policy.unknown === "error",
    };
  }

  #automaton(all: readonly PolicyRule[], section: "data" | "metadata"): PathAutomaton<Decision> {
    const rules = all.filter((rule) => rule.section === section);
    if (section === "metadata") {
      const named = new Set(
        rules.filter(({ rule }) => rule.name !== "keys").flatMap(({ paths }) =>
          paths.map(normalizedPath)
        ),
      );
      rules.push(...linkRules.filter(({ paths }) => !named.has(normalizedPath(paths[0]!))));
    }
    const ranked = rules.flatMap((rule) =>
      rule.paths.map((path): [Path, PolicyRule] => [path, rule])
    )
      .sort(([a], [b]) => compareSpecificity(a, b));
    let order = 0;
    const pathRules = ranked.map(([path, rule], i): PathRule<Decision> => {
      if (i > 0 && compareSpecificity(ranked[i - 1]![0], path) !== 0) order++;
      const isOfKeys = rule.rule.name === "keys";
      return { path, order, isOfKeys, value: this.#decisionOf(rule) };
    });
    return new PathAutomaton(pathRules, this.#unknown(), areAlike);
  }

  #unknown(): PathRule<Decision> | undefined {
    const { unknown } = this.#policy;
    if (unknown === "error") return undefined;
    const mask = this.#masks.of({ text: unknown, name: unknown });
    return { path: [], order: -1, isOfKeys: false, value: { rule: undefined, mask, count: 0 } };
  }

  #decisionOf(rule: PolicyRule): Decision {
    let decision = this.#ofRule.get(rule);
    if (decision === undefined) {
      decision = { rule, mask: this.#masks.of(rule.rule), count: 0 };
      this.#decisions.push(decision);
      this.#ofRule.set(rule, decision);
    }
    return decision;
  }
}

function compiled(pattern: PolicyPattern): [PolicyPattern, Pattern] {
  return [pattern, new Pattern(pattern.text)];
}

function areAlike(a: Decision, b: Decision): boolean {
  return a.rule?.rule.text === b.rule?.rule.text;
}
