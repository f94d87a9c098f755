/**
 * Names of streams → the names that they have in masked events.
 *
 * @module
 */

import { comparedStreamsMax, recentStreamsMax } from "../limits.ts";
import { categoryOf, idOf } from "../stream_name.ts";
import type { MaskPolicy, PolicyRule } from "./policy.ts";
import { isUuid } from "./pseudonym_uuid.ts";
import { isEmail, type Pseudonym, type PseudonymFunction, type Pseudonyms } from "./pseudonyms.ts";
import { RecentBudget, RecentValues } from "./recent_values.ts";

/** What becomes of a stream. */
export interface MaskedStream {
  /** `undecided`: no rule names its category. `unfit`: a part of its id does not fit the rule. */
  readonly kind: "named" | "undecided" | "unfit" | "merged";
  /** The name that stands in place of its name, also where it is dropped and other events name it. */
  readonly name: string;
  /** Whether its own events are dropped. */
  readonly isDropped: boolean;
  /** Its category. */
  readonly category: string;
  /** The rule that decided. */
  readonly rule: PolicyRule | undefined;
  /** The parts of its id that were replaced, each with what stands in its place. */
  readonly parts: readonly (readonly [plaintext: string, replacement: string])[];
}

/** Masks the names of streams. */
export class StreamMasks {
  readonly #policy: MaskPolicy;
  readonly #pseudonyms: Pseudonyms;
  readonly #table = new RecentValues(
    new RecentBudget(recentStreamsMax),
    (name) => this.#compute(name),
  );
  /** The name behind each masked name with an e-mail address, which is compared without case. */
  readonly #emailStreams = new Map<string, string>();

  /**
   * @param policy The policy.
   * @param pseudonyms Makes the pseudonyms.
   */
  constructor(policy: MaskPolicy, pseudonyms: Pseudonyms) {
    this.#policy = policy;
    this.#pseudonyms = pseudonyms;
  }

  /**
   * What becomes of a stream.
   *
   * @param name Its name.
   * @returns Its name in masked events, and more.
   */
  of(name: string): MaskedStream {
    return this.#table.of(name);
  }

  #compute(name: string): MaskedStream {
    const category = categoryOf(name);
    const rule = this.#policy.streams.get(category);
    const action = rule?.rule.name ?? this.#policy.unknown;
    const known = { name, category, rule, isDropped: action === "drop", parts: [] };
    if (action === "error") return { ...known, kind: "undecided" };
    const id = idOf(name);
    if (action === "keep" || id === "") return { ...known, kind: "named" };
    const mask = this.#maskOf(rule, category);
    const parts: [string, string][] = [];
    const masked = idParts(id).map((part) => {
      if (part === "") return part;
      const replacement = mask(part);
      if (replacement !== undefined) parts.push([part, replacement]);
      return replacement;
    });
    if (masked.includes(undefined)) return { ...known, kind: "unfit" };
    const maskedName = `${category}-${masked.join("+")}`;
    const isMerged = id.includes("@") && this.#isMerged(maskedName, name);
    return { ...known, kind: isMerged ? "merged" : "named", name: maskedName, parts };
  }

  /** Of a dropped stream as well, which other events may name. */
  #maskOf(rule: PolicyRule | undefined, category: string): Pseudonym {
    const { name = "scramble", domain = category } = rule?.rule ?? {};
    const isPseudonym = ["id", "email", "digits", "hash"].includes(name);
    return this.#pseudonyms.of(isPseudonym ? name as PseudonymFunction : "id", domain);
  }

  /** Whether another stream has the same masked name, since only the case of an address differs. */
  #isMerged(maskedName: string, name: string): boolean {
    const other = this.#emailStreams.get(maskedName);
    if (other !== undefined) return other !== name;
    if (this.#emailStreams.size < comparedStreamsMax) this.#emailStreams.set(maskedName, name);
    return false;
  }
}

/**
 * The parts of a compound id such as `a+b`. A `+` in an e-mail address belongs to the address.
 *
 * @param id The id.
 * @returns The parts, which `+` joins to the id.
 */
export function idParts(id: string): string[] {
  const at = id.indexOf("@");
  if (at < 0) return id.split("+");
  const plus = id.indexOf("+", at);
  const head = plus < 0 ? id : id.slice(0, plus);
  const tail = plus < 0 ? [] : idParts(id.slice(plus + 1));
  const parts: string[] = [];
  let address = head;
  // What is an id by itself is no beginning of an address.
  for (let end = address.indexOf("+"); end >= 0; end = address.indexOf("+")) {
    const first = address.slice(0, end);
    if (!isUuid(first) && !/^\d+$/.test(first)) break;
    parts.push(first);
    address = address.slice(end + 1);
  }
  return [...parts, ...isEmail(address) ? [address] : address.split("+"), ...tail];
}
