/**
 * Names of streams → the names that they have in masked events.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import { nameBytesMax } from "../../limits.ts";
import { nameProblem } from "../../names.ts";
import { recentCategoriesMax, recentStreamsMax } from "../limits.ts";
import { categoryOf, idOf } from "../../stream_name.ts";
import { stringOf, textOf } from "../payload/json_bytes.ts";
import { isValueLike } from "../looks.ts";
import type { MergedStreams } from "./merged_streams.ts";
import type { MaskPolicy, PolicyRule } from "../policy/policy.ts";
import { isUuid } from "../pseudonyms/pseudonym_uuid.ts";
import {
  isEmail,
  type Pseudonym,
  type PseudonymFunction,
  type Pseudonyms,
} from "../pseudonyms/pseudonyms.ts";
import { shownCategory } from "../shown_path.ts";
import { RecentBytes, RecentValues } from "../recent_values.ts";

const DASH = 0x2d;
const BACKSLASH = 0x5c;

/** What becomes of the streams of a category. */
export interface MaskedCategory {
  /** The category. */
  readonly name: string;
  /** The beginning of the JSON text of a name: the category and what follows it. */
  readonly json: string;
  /** The rule that decides; `undefined` where `unknown` does. */
  readonly rule: PolicyRule | undefined;
  /** How many events that rule has decided. */
  readonly decided: { events: number };
  /** Whether its events are dropped. */
  readonly isDropped: boolean;
  /** Whether no rule names it, and the policy has `unknown: error` or it looks like a value itself. */
  readonly isUndecided: boolean;
  /** Masks an id, or each part of one; `undefined` where ids stay. */
  readonly mask: Pseudonym | undefined;
}

/** What becomes of a stream. */
export interface MaskedStream {
  /**
   * `unfit`: a part of its id does not fit the rule. `merged`: another stream would have the same name. `too long`:
   * its name would be longer than a name may be.
   */
  readonly kind: "named" | "undecided" | "unfit" | "merged" | "too long";
  /** Its category. */
  readonly category: MaskedCategory;
  /** Its name; empty where all names of its category stay, so that one object serves them. */
  readonly name: string;
  /**
   * JSON text of the name that stands in its place, also where it is dropped and other events name it. Empty
   * where the name stays.
   */
  readonly json: string;
  /**
   * Where its id begins in its name, if that is of ASCII and written without escapes, and the id is replaced as a
   * whole by another one; else −1.
   */
  readonly idAt: number;
  /** The parts of its id that are replaced, once they have been asked for. */
  parts?: readonly StreamPart[];
}

/** A part of a stream's id, and what stands in its place. */
export type StreamPart = readonly [plaintext: string, replacement: string];

/** Masks the names of streams. */
export class StreamMasks {
  readonly #policy: MaskPolicy;
  readonly #pseudonyms: Pseudonyms;
  readonly #categories = new RecentValues<MaskedCategory>(recentCategoriesMax);
  readonly #byBytes = new RecentBytes(
    recentStreamsMax,
    (bytes, start, end) => this.#compute(stringOf(bytes, start - 1, end + 1), end - start),
  );
  /** What becomes of every stream of a category whose names stay; `undefined` for other categories. */
  readonly #staying = new RecentBytes(
    recentCategoriesMax,
    (bytes, start, end) => this.#computeStaying(textOf(bytes, start, end)),
  );
  readonly #byName = new RecentValues<MaskedStream>(recentStreamsMax);
  readonly #ofName = (name: string) => this.#compute(name);
  readonly #ofCategory = (category: string) => this.#computeCategory(category);
  readonly #used = new Map<PolicyRule, { events: number }>();
  readonly #merged: MergedStreams;

  /**
   * @param pseudonyms Makes the pseudonyms.
   * @param merged Compares names with an e-mail address, which has the same pseudonym in any case.
   */
  constructor(policy: MaskPolicy, pseudonyms: Pseudonyms, merged: MergedStreams) {
    this.#policy = policy;
    this.#merged = merged;
    this.#pseudonyms = pseudonyms;
  }

  /**
   * What becomes of a stream.
   *
   * @returns Its name in masked events, and more.
   */
  of(name: string): MaskedStream {
    return this.#byName.of(0, name, this.#ofName);
  }

  /**
   * The same of a name that stands in JSON.
   *
   * @param bytes What holds the name.
   * @param start Index of the byte after the opening quote.
   * @param end Index of the closing quote.
   * @returns As {@linkcode of}.
   */
  ofBytes(bytes: Uint8Array, start: number, end: number): MaskedStream {
    // Where names stay, the category says all. There are few of them, and the streams of others stay known for longer.
    let at = start;
    while (at < end && bytes[at] !== DASH && bytes[at] !== BACKSLASH) at++;
    if (at > start && bytes[at] !== BACKSLASH) {
      const staying = this.#staying.of(bytes, start, at);
      if (staying !== undefined) return staying;
    }
    return this.#byBytes.of(bytes, start, end);
  }

  #computeStaying(name: string): MaskedStream | undefined {
    const category = this.#categories.of(0, name, this.#ofCategory);
    if (category.isUndecided || category.mask !== undefined) return undefined;
    return { kind: "named", category, name: "", json: "", idAt: -1 };
  }

  /**
   * The parts of a stream's id that are replaced.
   *
   * @returns Each part, with what stands in its place.
   */
  partsOf(stream: MaskedStream): readonly StreamPart[] {
    return stream.parts ??= this.#computeParts(stream);
  }

  #computeParts({ name, category: { mask } }: MaskedStream): StreamPart[] {
    if (mask === undefined) return [];
    return idParts(idOf(name)).filter((part) => part !== "").map((
      part,
    ) => [part, mask(part) ?? ""]);
  }

  /** Rules of categories that have been met, in names of streams anywhere, and how many events each has decided. */
  get used(): ReadonlyMap<PolicyRule, { readonly events: number }> {
    return this.#used;
  }

  /** With the number of bytes in which the name stands: as many as characters only where each is of ASCII. */
  #compute(name: string, length?: number): MaskedStream {
    const category = this.#categories.of(0, categoryOf(name), this.#ofCategory);
    if (category.isUndecided) return staying("undecided");
    const id = idOf(name);
    if (category.mask === undefined || id === "") {
      return staying("named");
    }
    const masked = maskedId(id, category.mask);
    if (masked === undefined) return staying("unfit");
    const maskedName = `${category.name}-${masked}`;
    if (maskedName.length > name.length && nameProblem(maskedName) !== null) {
      return staying("too long");
    }
    const isMerged = id.includes("@") && this.#merged.add(maskedName, name, category.name);
    // A pseudonym has no character that JSON escapes.
    const json = `${category.json}${masked}"`;
    const isWhole = !isMerged && name.length === length && !id.includes("+") && masked !== id;
    const idAt = isWhole ? name.length - id.length : -1;
    return { kind: isMerged ? "merged" : "named", category, name, json, idAt };

    function staying(kind: MaskedStream["kind"]): MaskedStream {
      return { kind, category, name, json: "", idAt: -1 };
    }
  }

  #computeCategory(category: string): MaskedCategory {
    const rule = this.#policy.streams.get(category);
    let decided = { events: 0 };
    if (rule !== undefined) {
      decided = this.#used.get(rule) ?? decided;
      this.#used.set(rule, decided);
    }
    const { name, domain = category } = rule?.rule ?? { name: this.#policy.unknown };
    const isPseudonym = ["id", "email", "digits", "hash"].includes(name);
    const stays = name === "keep" || name === "error";
    // That of a dropped stream as well, which other events may name.
    const pseudonym = isPseudonym ? name as PseudonymFunction : "id";
    return {
      name: category,
      json: `${JSON.stringify(category).slice(0, -1)}-`,
      rule,
      decided,
      isDropped: name === "drop",
      // The category stays in the name, whatever becomes of the id.
      isUndecided: name === "error" || (rule === undefined && isValueLike(category)),
      mask: stays ? undefined : this.#pseudonyms.ofNew(pseudonym, domain),
    };
  }
}

/**
 * Says what is wrong with a stream.
 *
 * @param stream What has become of it.
 * @returns What is wrong, without its name; `undefined` for nothing.
 */
export function streamProblem(
  { kind, category: { name, rule } }: MaskedStream,
): string | undefined {
  const category = JSON.stringify(shownCategory(name));
  switch (kind) {
    case "named":
      return undefined;
    case "undecided":
      return `no rule in streams names the category ${category}` +
        (isValueLike(name) ? ", which looks like a value" : "");
    case "unfit":
      return `the id of a stream of category ${category} does not fit ${rule?.rule.text}: id(domain) takes ` +
        "every id";
    case "merged":
      return mergedProblem(category);
    case "too long":
      return `the name of a stream of category ${category} would have more than ${nameBytesMax} bytes, since each ` +
        "part of its id becomes longer: keep leaves it as it is, digits(domain) leaves numbers as long as they are";
  }
}

function mergedProblem(category: string): string {
  return `two streams of category ${category}, whose names differ only in the case of an e-mail ` +
    "address, would become one: hash(domain) keeps them apart";
}

/**
 * The error about two streams that would become one, found once all events have been masked.
 *
 * @param name Their category.
 */
export function mergedError(name: string): EventoDBError {
  const category = shownCategory(name);
  return new EventoDBError(
    "MASK_FAILED",
    `Cannot mask the events: ${mergedProblem(JSON.stringify(category))}`,
    { details: { kind: "merged", section: "stream", path: category } },
  );
}

function maskedId(id: string, mask: Pseudonym): string | undefined {
  if (!id.includes("+")) return mask(id);
  let masked = "";
  for (const part of idParts(id)) {
    const replacement = part === "" ? "" : mask(part);
    if (replacement === undefined) return undefined;
    masked += `+${replacement}`;
  }
  return masked.slice(1);
}

/**
 * The parts of a compound id such as `a+b`. A `+` in an e-mail address belongs to the address.
 *
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
  // What is an id by itself is not the beginning of an address.
  for (let end = address.indexOf("+"); end >= 0; end = address.indexOf("+")) {
    const first = address.slice(0, end);
    if (!isUuid(first) && !/^\d+$/.test(first)) break;
    parts.push(first);
    address = address.slice(end + 1);
  }
  return [...parts, ...isEmail(address) ? [address] : address.split("+"), ...tail];
}
