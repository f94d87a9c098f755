/**
 * A masking policy: which values of events are replaced, and by what.
 *
 * @module
 */

import type { Path } from "./path.ts";

/** The names of the rules. */
export type RuleName =
  | "keep"
  | "drop"
  | "set-null"
  | "constant"
  | "redact"
  | "scramble"
  | "digits"
  | "id"
  | "email"
  | "name"
  | "phone"
  | "hash"
  | "number"
  | "date"
  | "stream"
  | "keys";

/** What is done to a value. */
export interface MaskRule {
  /** The rule as the policy has it, such as `email(customer)`. */
  readonly text: string;
  /** Its name. */
  readonly name: RuleName;
  /** The domain of a pseudonym: values of one domain have the same pseudonym wherever they stand. */
  readonly domain?: string;
  /** What `constant` puts in place of the value. */
  readonly constant?: string;
  /** The step that `number` rounds to, as the policy has it, or the days that `date` shifts by at most. */
  readonly amount?: string;
  /** What `keys` does to the keys of an object. */
  readonly keyRule?: MaskRule;
}

/** What happens to a value, or to a stream's category, that no rule names. */
export type UnknownRule = "error" | "drop" | "scramble";

/** A part of an event that rules apply to. */
export type PolicySection = "data" | "metadata" | "stream";

/** Where something stands in a policy. */
export interface PolicyPlace {
  /** The line, from 1; 0 for a rule that every policy has by itself. */
  readonly line: number;
  /** The column, from 1, in UTF-16 code units; 0 where the line is 0. */
  readonly column: number;
}

/** One rule of a policy, and where it stands. */
export interface PolicyRule extends PolicyPlace {
  /** Whether it is about payloads, or about the ids in the names of streams. */
  readonly section: PolicySection;
  /** The JSONPath as the policy has it; of `streams`, the category. */
  readonly path: string;
  /** The path taken apart, one for each combination of selectors in brackets; of `streams`, none. */
  readonly paths: readonly Path[];
  /** What is done. */
  readonly rule: MaskRule;
}

/** A pattern of types or of categories, and where it stands. */
export interface PolicyPattern extends PolicyPlace {
  /** The pattern, with `*` for any text. */
  readonly text: string;
}

/** Rules for some of the events. */
export interface PolicyEntry {
  /** Types; absent for all. */
  readonly types?: readonly PolicyPattern[];
  /** Categories of streams; absent for all. */
  readonly categories?: readonly PolicyPattern[];
  /** Rules for data and metadata. */
  readonly rules: readonly PolicyRule[];
}

/** What is wrong with a policy. `details.problems` of the error has a list of them. */
export interface PolicyProblem extends PolicyPlace {
  /** What is wrong, and what would be right. */
  readonly message: string;
}

/** A policy that has been read and checked. */
export interface MaskPolicy {
  /** The file's name, for messages. */
  readonly name: string;
  /** SHA-256 of the file's text, in hex. */
  readonly hash: string;
  /** What happens to a value that no rule names. */
  readonly unknown: UnknownRule;
  /** What is done to the ids of streams, by category. */
  readonly streams: ReadonlyMap<string, PolicyRule>;
  /** Rules for payloads. */
  readonly events: readonly PolicyEntry[];
}

/**
 * Lists the rules of a policy.
 *
 * @param policy The policy.
 * @returns Those of `streams` first, then those of `events`, in the order of the file.
 */
export function rulesOf(policy: MaskPolicy): PolicyRule[] {
  return [...policy.streams.values(), ...policy.events.flatMap(({ rules }) => rules)];
}
