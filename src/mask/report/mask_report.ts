/**
 * What a mask has done, for whoever has to answer for it. No value is in it.
 *
 * @module
 */

import { maskReportPlacesMax } from "../limits.ts";
import { DistinctCount, type DistinctParts } from "../distinct_count.ts";
import type { MetValue } from "../observer.ts";
import {
  type MaskPolicy,
  type PolicyPattern,
  type PolicyRule,
  type PolicySection,
  rulesOf,
} from "../policy/policy.ts";
import { shownType } from "../residual/place.ts";
import type { Residual } from "../residual/residual_join.ts";

/** What was masked at one place. */
export interface MaskedPlace {
  /** The type of the events; absent for names of streams. */
  type?: string;
  /** The part of the event. */
  section: PolicySection;
  /** The path, or the category of the streams. */
  path: string;
  /** The rule; what the policy has for `unknown` where none names the place. */
  rule: string;
  /** How many values were replaced or dropped. */
  values: number;
  /** How many different values, about. */
  different: number;
}

/** What a mask has done. */
export interface MaskReport {
  /** The policy: its file's name, the SHA-256 of its text, and what it says of unknown values. */
  policy: { name: string; sha256: string; unknown: string };
  /** The fingerprint of the key. */
  key: string;
  /** Events that were written. */
  events: number;
  /** Events that were dropped. */
  dropped: number;
  /** What was masked, by place. */
  masked: MaskedPlace[];
  /** Rules that have matched no value: the line of the policy, and the path. */
  unusedRules: { line: number; section: PolicySection; path: string; rule: string }[];
  /** Patterns of types and categories that have matched no event: the line of the policy, and the pattern. */
  unusedPatterns: { line: number; of: "types" | "categories"; pattern: string }[];
  /** Objects with keys that look like values and stay; those that are kept as a whole are not looked at. */
  keptKeys: string[];
  /** About how many different values were pseudonyms already: of a copy that was masked before. */
  maskedBefore: number;
  /** Masked values that also occur somewhere else. */
  residuals: Residual[];
}

/** A place, while it is counted. */
export interface CountedPlace {
  type: string | undefined;
  section: PolicySection;
  path: string;
  rule: string;
  values: number;
  readonly different: DistinctCount;
  /** The number under which its texts are looked for. */
  source: number;
}

/** The same, for another thread. */
export type PlaceParts = Omit<MaskedPlace, "different"> & { different: DistinctParts };

/** Counts what is masked, by place. */
export class MaskTally {
  readonly #unknown: string;
  readonly #sourceOf: (name: string) => number;
  readonly #places: CountedPlace[] = [];
  /** The usual way to a place: by the rule that decided. */
  readonly #byRule = new Map<string, Map<PolicyRule, CountedPlace>>();
  /** Places by name: those that no rule names, and each rule of streams once. */
  readonly #byName = new Map<string, CountedPlace>();

  /** @param sourceOf Numbers a place. */
  constructor(policy: MaskPolicy, sourceOf: (name: string) => number) {
    this.#unknown = policy.unknown;
    this.#sourceOf = sourceOf;
  }

  /**
   * Counts a value. Whether it is another one than before, the caller adds to `different`.
   *
   * @returns Its place.
   */
  add(value: MetValue): CountedPlace {
    const place = this.#placeOf(value);
    place.values++;
    return place;
  }

  /** What was counted, for {@linkcode joinPlaces}. */
  get parts(): PlaceParts[] {
    return this.#places.map(({ type, section, path, rule, values, different }) => ({
      ...type === undefined ? {} : { type },
      section,
      path,
      rule,
      values,
      different: different.parts,
    }));
  }

  #placeOf(value: MetValue): CountedPlace {
    const { rule, type: eventType, section } = value;
    if (rule === undefined) return this.#placeNamed(value);
    // Names of streams are one place whatever the type.
    const type = section === "stream" ? "" : eventType;
    let rules = this.#byRule.get(type);
    if (rules === undefined) this.#byRule.set(type, rules = new Map());
    let place = rules.get(rule);
    if (place === undefined) rules.set(rule, place = this.#placeNamed(value));
    return place;
  }

  #placeNamed({ type, section, path, rule }: MetValue): CountedPlace {
    const isStream = section === "stream";
    const name = isStream
      ? `stream names of ${path}`
      : `${shownType(type)} ${section}${path.replace(/^\$/, "")}`;
    const ruleText = rule?.rule.text ?? `unknown: ${this.#unknown}`;
    const key = `${name} ${ruleText}`;
    const found = this.#byName.get(key);
    if (found !== undefined) return found;
    if (this.#places.length >= maskReportPlacesMax && path !== "…") {
      const rest = { type: "…", section, path: "…", rule: undefined };
      return this.#placeNamed(rest as unknown as MetValue);
    }
    const place = {
      type: isStream ? undefined : shownType(type),
      section,
      path,
      rule: ruleText,
      values: 0,
      different: new DistinctCount(),
      source: this.#sourceOf(name),
    };
    this.#byName.set(key, place);
    this.#places.push(place);
    return place;
  }
}

/**
 * Puts together what several have counted.
 *
 * @param parts What each has counted.
 * @returns The places, by type, section and path.
 */
export function joinPlaces(parts: Iterable<PlaceParts>): MaskedPlace[] {
  const places = new Map<string, { values: number; place: PlaceParts; different: DistinctCount }>();
  for (const place of parts) {
    const { type = "", section, path, rule } = place;
    const key = [type, section, path, rule].join("\0");
    let counted = places.get(key);
    if (counted === undefined) {
      places.set(key, counted = { values: 0, place, different: new DistinctCount() });
    }
    counted.values += place.values;
    counted.different.addAll(place.different);
  }
  return [...places].sort(([a], [b]) => a < b ? -1 : 1)
    .map(([, { place, values, different }]) => ({
      ...place,
      values,
      different: different.estimate,
    }));
}

/**
 * Lists the rules that have decided nothing: a path or a category that is out of date lets its values through,
 * or stops the mask.
 *
 * @param used Of each rule of {@linkcode rulesOf}, whether it has decided a value.
 * @returns The others, but for those that every policy has by itself.
 */
export function unusedRules(
  policy: MaskPolicy,
  used: readonly boolean[],
): MaskReport["unusedRules"] {
  return rulesOf(policy).filter((rule, i) => rule.line > 0 && !used[i])
    .map(({ line, section, path, rule }) => ({ line, section, path, rule: rule.text }));
}

/**
 * Lists the patterns of types and categories that have matched no event: their entry says nothing of events
 * that it may have been written for.
 *
 * @param met Of each pattern of {@linkcode patternsOf}, whether it has matched one.
 * @returns The others, in the order of the file.
 */
export function unusedPatterns(
  policy: MaskPolicy,
  met: readonly boolean[],
): MaskReport["unusedPatterns"] {
  return patternsOf(policy).filter((_, i) => !met[i])
    .map(({ of, pattern: { line, text } }) => ({ line, of, pattern: text }));
}

/** The patterns of types and categories in a policy, in the order of the file. */
export function patternsOf(
  { events }: MaskPolicy,
): { of: "types" | "categories"; pattern: PolicyPattern }[] {
  return events.flatMap((entry) =>
    (["types", "categories"] as const).flatMap((of) =>
      (entry[of] ?? []).map((pattern) => ({ of, pattern }))
    )
  );
}

/** Words for pseudonyms that were met; `undefined` where there were none. */
export function maskedBeforeText({ maskedBefore }: MaskReport): string | undefined {
  if (maskedBefore === 0) return undefined;
  const are = maskedBefore === 1 ? "is a pseudonym" : "are pseudonyms";
  return `${maskedBefore.toLocaleString("en-US")} of the values ${are} already: ` +
    "is this a copy that was masked before? Mask the original instead";
}

/**
 * Words for what has matched nothing.
 *
 * @param policy The policy's name.
 * @param report What was done.
 * @returns Such as `policy.yaml:7: types Custmer*`, or `policy.yaml:9: $.email` and its rule, in the order of the
 * lines.
 */
export function unusedTexts(
  policy: string,
  { unusedRules, unusedPatterns }: MaskReport,
): { place: string; rule?: string }[] {
  return [
    ...unusedPatterns.map(({ line, of, pattern }) => ({ line, what: `${of} ${pattern}` })),
    ...unusedRules.map(({ line, path, rule }) => ({ line, what: path, rule })),
  ].sort((a, b) => a.line - b.line)
    .map(({ line, what, ...rest }) => ({ place: `${policy}:${line}: ${what}`, ...rest }));
}

/**
 * Words for masked values that also occur somewhere else.
 *
 * @param residual What was found.
 * @returns Such as `12 values masked in Registered data.email also occur in NoteAdded data.text`.
 */
export function residualText({ values, maskedIn, foundIn, position }: Residual): string {
  const count = `${values.toLocaleString("en-US")} ${values === 1 ? "value" : "values"}`;
  return `${count} masked in ${maskedIn} also ${
    values === 1 ? "occurs" : "occur"
  } in ${foundIn}, ` +
    `first at global position ${position}`;
}
