/**
 * Masks the payloads of events: goes through JSON as bytes along with the automaton of the rules, and notes
 * what is to be changed. What no rule touches is not looked at twice.
 *
 * @module
 */

import { recentKeysMax } from "../limits.ts";
import { EventoDBError } from "../../errors.ts";
import {
  afterSpace,
  afterString,
  afterValue,
  afterWord,
  ArrayLengths,
  stringOf,
  textOf,
} from "./json_bytes.ts";
import { isPersonal, isValueLike } from "../looks.ts";
import type { MaskedOutput } from "./masked_output.ts";
import { emptyHash, hashWith, type NameTable } from "./name_table.ts";
import type { MaskObserver } from "../observer.ts";
import type { PathAutomaton, PathRule, PathState } from "./path_automaton.ts";
import type { PolicyRule, PolicySection } from "../policy/policy.ts";
import { RecentBytes } from "../recent_values.ts";
import { shownType } from "../residual/place.ts";
import { elementStep, hiddenStep, shownStep } from "../shown_path.ts";
import type { MaskedEvent, ValueMask } from "./value_mask.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const LETTER_F = 0x66;
const LETTER_N = 0x6e;
const LETTER_T = 0x74;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** What an automaton's rule stands for. */
export interface Decision {
  /** The policy's rule; `undefined` for what `unknown` says. */
  readonly rule: PolicyRule | undefined;
  /** What it does. */
  readonly mask: ValueMask;
  /** How many values it has decided. */
  count: number;
}

/** The event whose payload is masked. */
export interface EventInMask extends MaskedEvent {
  /** Its line. */
  readonly line: number;
  /** Its type. */
  readonly type: string;
}

type State = PathState<Decision>;
type Automaton = PathAutomaton<Decision>;

const encoder = new TextEncoder();

/** Masks payloads, one after the other. */
export class PayloadMask {
  readonly #observer: MaskObserver;
  #output!: MaskedOutput;
  #bytes: Uint8Array = new Uint8Array(0);
  #automaton!: Automaton;
  #section: PolicySection = "data";
  #event!: EventInMask;
  /** Where the keys on the way to the value begin; −1 for an element, −2 for a key that is not shown. */
  readonly #keys: number[] = [];
  #depth = 0;
  /** Whether the value that was last gone through is to be removed. */
  #isDropped = false;
  /** The rule that may yet replace the value around as a whole, and whether another one was met in it. */
  #outer: PathRule<Decision> | undefined;
  #isMixed = false;
  #lengths: ArrayLengths | undefined;
  #lengthsEnd = 0;

  /** @param observer Called with the values. */
  constructor(observer: MaskObserver) {
    this.#observer = observer;
    this.#looksAtKeys = observer.onMasked !== undefined || observer.onKeptKey !== undefined;
  }

  /**
   * Masks a payload.
   *
   * @param output Takes the changes.
   * @param bytes What holds it, valid JSON in UTF-8.
   * @param start Index of its first byte.
   * @param automaton Its rules.
   * @param section Which payload it is.
   */
  mask(
    output: MaskedOutput,
    bytes: Uint8Array,
    start: number,
    automaton: Automaton,
    section: PolicySection,
    event: EventInMask,
  ): void {
    if (start < 0 || bytes[start] !== OPEN_OBJECT) return;
    this.#output = output;
    this.#bytes = bytes;
    this.#automaton = automaton;
    this.#section = section;
    this.#event = event;
    this.#depth = 0;
    this.#lengths = undefined;
    this.#lengthsEnd = 0;
    this.#outer = undefined;
    this.#isMixed = false;
    this.#value(start, automaton.root);
  }

  /** Goes through a value, and returns the index after it. */
  #value(at: number, state: State): number {
    const code = this.#bytes[at]!;
    if (code !== OPEN_OBJECT && code !== OPEN_ARRAY) return this.#scalar(at, code, state);
    if (state.conflict !== undefined) {
      return this.#contradicted(state.conflict, at, afterValue(this.#bytes, at));
    }
    const { rule } = state;
    if (!state.isLive) {
      if (rule === undefined) {
        // The fields of a payload are named, rather than the payload.
        if (this.#depth > 0) return this.#undecided(at, afterValue(this.#bytes, at));
      } else if (rule.value.mask.whole === "keep" && state.keyRule === undefined) {
        this.#decide(rule);
        this.#reportKept(rule);
        return afterValue(this.#bytes, at);
      } else if (
        rule.value.mask.whole === "drop" && this.#depth > 0 && this.#observer.onMasked === undefined
      ) {
        this.#decide(rule);
        this.#isDropped = true;
        return afterValue(this.#bytes, at);
      }
    }
    return this.#container(at, code, state);
  }

  /** An object or an array. */
  #container(start: number, code: number, state: State): number {
    const bytes = this.#bytes;
    const output = this.#output;
    const isObject = code === OPEN_OBJECT;
    const isRoot = this.#depth === 0;
    const { rule } = state;
    const whole = rule?.value.mask.whole;
    const { length: lengthBefore, copied: copiedBefore, spansLength: spansBefore } = output;
    const [outer, outerMixed] = [this.#outer, this.#isMixed];
    const outerKeys = this.#maskedKeys;
    if (state.keyRule !== undefined) this.#maskedKeys = new Map();
    if (whole === "replace") {
      this.#outer = rule;
      this.#isMixed = false;
    }

    /** Where removed members begin that no kept one follows yet; −1 for none. */
    let removed = -1;
    let removedEnd = -1;
    let keptEnd = -1;
    let at = afterSpace(bytes, start + 1);
    const elements = !isObject && state.needsLength ? this.#lengthOf(start) : 0;
    const depth = this.#depth++;
    let isValueLikeKey = false;
    for (let index = 0; bytes[at] !== CLOSE_OBJECT && bytes[at] !== CLOSE_ARRAY; index++) {
      const member = at;
      const { length, copied, spansLength } = output;
      // Taken back where this one is removed too.
      if (removed >= 0) output.replace(removed, member, "");
      let next: State;
      if (isObject) {
        next = this.#key(member, state);
        isValueLikeKey = this.#isValueLikeKey;
        at = this.#valueStart;
        this.#keys[depth] = state.keyRule === undefined ? member : -2;
      } else {
        next = this.#automaton.afterElement(state, index, elements);
        this.#keys[depth] = -1;
      }
      this.#isDropped = false;
      at = this.#value(at, next);
      if (isValueLikeKey) this.#reportKey(member, state, next.rule ?? rule);
      if (this.#isDropped) {
        output.takeBack(length, copied, spansLength);
        if (removed < 0) removed = member;
        removedEnd = at;
      } else {
        removed = -1;
        keptEnd = at;
      }
      at = afterSpace(bytes, at);
      if (bytes[at] === COMMA) at = afterSpace(bytes, at + 1);
    }
    this.#depth = depth;
    this.#maskedKeys = outerKeys;
    const end = at + 1;
    this.#isDropped = false;
    if (removed >= 0) output.replace(keptEnd >= 0 ? keptEnd : removed, removedEnd, "");
    const isEmpty = keptEnd < 0;

    if (rule === undefined) return end;
    if (isEmpty) this.#decide(rule);
    if (whole === "drop" && isEmpty && !isRoot) {
      // What a longer path names keeps its shape where nothing but `unknown` drops what is in it.
      if (rule.value.rule !== undefined || !state.isLive) {
        output.takeBack(lengthBefore, copiedBefore, spansBefore);
        this.#isDropped = true;
      }
    } else if (whole === "replace") {
      const isMixed = this.#isMixed;
      this.#outer = outer;
      this.#isMixed = outerMixed || isMixed || rule !== outer;
      if (!isMixed) {
        output.takeBack(lengthBefore, copiedBefore, spansBefore);
        output.replace(start, end, rule.value.mask.text("", this.#event)!);
      }
    }
    return end;
  }

  /** Index of the value after the key that was last gone through. */
  #valueStart = 0;
  /** Whether no rule names that key, and it looks like a value itself. */
  #isValueLikeKey = false;
  readonly #looksAtKeys: boolean;
  readonly #valueLikeKeys = new RecentBytes(
    recentKeysMax,
    (bytes, start, end) => isValueLike(stringOf(bytes, start, end)),
  );

  /** Goes through a key, and returns the state of its value. */
  #key(start: number, state: State): State {
    const bytes = this.#bytes;
    const { names } = state;
    let name = -1;
    let end = start + 1;
    if (names.isEmpty) end = afterString(bytes, start);
    else {
      let hash = emptyHash;
      let code = bytes[end]!;
      while (code !== QUOTE && code !== BACKSLASH) {
        hash = hashWith(hash, code);
        code = bytes[++end]!;
      }
      if (code === QUOTE) name = names.find(hash, bytes, start + 1, end++);
      else {
        end = afterString(bytes, start);
        name = findText(names, stringOf(bytes, start, end));
      }
    }
    if (state.keyRule !== undefined) this.#maskKey(start, end, state.keyRule);
    this.#isValueLikeKey = name < 0 && this.#looksAtKeys && state.keyRule === undefined &&
      end - start > 2 && this.#valueLikeKeys.of(bytes, start, end);
    // After the colon.
    this.#valueStart = afterSpace(bytes, afterSpace(bytes, end) + 1);
    return this.#automaton.afterName(state, name);
  }

  /** The keys of the object whose keys are masked, by what stands in their place. */
  #maskedKeys: Map<string, string> | undefined;

  #maskKey(start: number, end: number, rule: PathRule<Decision>): void {
    const { mask } = rule.value;
    rule.value.count++;
    if (mask.whole === "keep") return this.#reportKept(rule);
    if (end - start === 2) return;
    const key = stringOf(this.#bytes, start, end);
    const masked = mask.text(key, this.#event);
    if (masked === undefined) {
      this.#keys[this.#depth - 1] = -2;
      this.#unfit(rule, "a key does", key);
    } else if (this.#isOtherKey(masked, key)) {
      this.#keys[this.#depth - 1] = -2;
      this.#fail(
        rule,
        `${rule.value.rule?.rule.text} would make one key of two: keys(hash(domain)) keeps them apart`,
      );
    }
    this.#output.replace(start, end, masked ?? '"***"');
    this.#reportMasked(rule, key, masked ?? '"***"');
  }

  /** Whether another key of the object has the same masked one. */
  #isOtherKey(masked: string, key: string): boolean {
    const other = this.#maskedKeys?.get(masked);
    if (other === undefined) this.#maskedKeys?.set(masked, key);
    return other !== undefined && other !== key;
  }

  /** Reports a key, once it is known whether it stays. */
  #reportKey(
    start: number,
    { rule, isLive }: State,
    decided: PathRule<Decision> | undefined,
  ): void {
    const isReplaced = rule?.value.mask.whole === "replace" && !isLive;
    if (!this.#isDropped && !isReplaced) {
      const path = this.#path(this.#depth - 1);
      return this.#observer.onKeptKey?.({ ...this.#met(rule?.value.rule), path });
    }
    const key = stringOf(this.#bytes, start, afterString(this.#bytes, start));
    if (decided !== undefined && isPersonal(key)) this.#reportMasked(decided, key, undefined);
  }

  #scalar(at: number, code: number, state: State): number {
    const bytes = this.#bytes;
    const end = code === QUOTE ? afterString(bytes, at) : afterWord(bytes, at);
    if (state.conflict !== undefined) return this.#contradicted(state.conflict, at, end);
    const { rule } = state;
    if (rule === undefined) return this.#undecided(at, end);
    this.#decide(rule);
    const { mask } = rule.value;
    if (mask.whole === "keep") this.#reportKept(rule);
    else if (mask.whole === "drop") {
      this.#isDropped = true;
      if (
        this.#observer.onMasked !== undefined && code !== LETTER_N &&
        !(code === QUOTE && end - at === 2)
      ) {
        this.#reportMasked(rule, this.#plaintext(at, end, code), undefined);
      }
    } else if (code !== LETTER_N && !(code === QUOTE && end - at === 2)) {
      if (mask.inPlace !== undefined && this.#maskInPlace(rule, at, end, code)) return end;
      const plaintext = this.#plaintext(at, end, code);
      const masked = code === QUOTE
        ? mask.text(plaintext, this.#event)
        : code === LETTER_T || code === LETTER_F
        ? mask.boolean(plaintext)
        : mask.number(plaintext, this.#event);
      if (masked === undefined) {
        this.#unfit(rule, `${kindOf(code)} does`, code === QUOTE ? plaintext : undefined);
      }
      this.#output.replace(at, end, masked ?? "null");
      this.#reportMasked(rule, plaintext, masked ?? "null");
    }
    return end;
  }

  /** Masks a scalar where it stands; whether its mask has taken it. */
  #maskInPlace(rule: PathRule<Decision>, at: number, end: number, code: number): boolean {
    const output = this.#output;
    const bytes = this.#bytes;
    const plain = rule.value.mask.inPlace!(bytes, at, end, output);
    if (plain < 0) return false;
    const observer = this.#observer;
    if (observer.onMaskedAscii === undefined) {
      if (observer.onMasked === undefined) return true;
      const json = textOf(output.buffer, output.lastSpan, output.length);
      this.#reportMasked(rule, this.#plaintext(at, end, code), json);
    } else if (!output.isUnchanged(at, end)) {
      const plainEnd = code === QUOTE ? end - 1 : end;
      observer.onMaskedAscii(this.#met(rule.value.rule), bytes, plain, plainEnd);
    }
    return true;
  }

  #plaintext(at: number, end: number, code: number): string {
    return code === QUOTE ? stringOf(this.#bytes, at, end) : textOf(this.#bytes, at, end);
  }

  #decide(rule: PathRule<Decision>): void {
    rule.value.count++;
    if (rule !== this.#outer) this.#isMixed = true;
  }

  #lengthOf(start: number): number {
    if (start >= this.#lengthsEnd) {
      this.#lengths = new ArrayLengths(this.#bytes, start);
      this.#lengthsEnd = afterValue(this.#bytes, start);
    }
    return this.#lengths!.of(start);
  }

  #reportKept(rule: PathRule<Decision>): void {
    this.#observer.onKept?.(this.#met(rule.value.rule));
  }

  #reportMasked(rule: PathRule<Decision>, plaintext: string, json: string | undefined): void {
    if (this.#observer.onMasked === undefined) return;
    const decided = rule.value.rule;
    const parts = rule.value.mask.partsOf?.(plaintext);
    if (parts !== undefined) {
      const met = this.#met(decided);
      for (const [plaintext, replacement] of parts) {
        this.#observer.onMasked({ ...met, plaintext, replacement });
      }
      return;
    }
    const { line, type } = this.#event;
    const path = decided?.path ?? this.#path();
    const replacement = json === undefined ? undefined : unquoted(json);
    // Field by field: this is done for every value.
    this.#observer.onMasked({
      line,
      type,
      section: this.#section,
      path,
      rule: decided,
      plaintext,
      replacement,
    });
  }

  #met(rule: PolicyRule | undefined) {
    const { line, type } = this.#event;
    const section = this.#section;
    return { line, type, section, path: rule?.path ?? this.#path(), rule };
  }

  /** Nothing of the value stays where the mask goes on. */
  #undecided(start: number, end: number): number {
    const value = this.#met(undefined);
    if (this.#observer.onUndecided === undefined) {
      const { line, section, path } = value;
      const type = shownType(value.type);
      throw new EventoDBError(
        "MASK_FAILED",
        `Cannot mask line ${line}: no rule names ${section} ${path} of ${type}`,
        { line, details: { kind: "undecided", type, section, path } },
      );
    }
    this.#observer.onUndecided(value);
    return this.#hide(start, end);
  }

  #hide(start: number, end: number): number {
    this.#isMixed = true;
    this.#output.replace(start, end, "null");
    return end;
  }

  #unfit(decided: PathRule<Decision>, what: string, text: string | undefined): void {
    const { rule, mask } = decided.value;
    const problem = text === undefined ? undefined : mask.problemOf?.(text);
    this.#fail(
      decided,
      problem ?? `${what} not fit ${rule?.rule.text}, which takes ${mask.takes}`,
    );
  }

  #fail({ value: { rule } }: PathRule<Decision>, problem: string): void {
    const { line, type, section } = this.#met(undefined);
    const path = this.#path();
    if (this.#observer.onUnfit !== undefined) {
      return this.#observer.onUnfit({ line, type, section, path, rule, problem });
    }
    const shown = shownType(type);
    throw new EventoDBError(
      "MASK_FAILED",
      `Cannot mask line ${line}: ${section} ${path} of ${shown}: ${problem}`,
      { line, details: { kind: "unfit", type: shown, section, path, rule: rule?.rule.text } },
    );
  }

  /** Nothing of the value stays where the mask goes on. */
  #contradicted(
    rules: readonly [PathRule<Decision>, PathRule<Decision>],
    start: number,
    end: number,
  ): number {
    const { line, type: given, section } = this.#met(undefined);
    const path = this.#path();
    const texts = rules.map(({ value: { rule } }) =>
      `${rule?.path}: ${rule?.rule.text} (line ${rule?.line} of the policy)`
    ).join(" and ");
    if (this.#observer.onUnfit === undefined) {
      const type = shownType(given);
      throw new EventoDBError(
        "MASK_FAILED",
        `Cannot mask line ${line}: two rules that are equally specific decide ${section} ${path} of ` +
          `${type}: ${texts}`,
        { line, details: { kind: "conflict", type, section, path } },
      );
    }
    const { rule } = rules[0].value;
    const problem = `two rules that are equally specific decide it: ${texts}`;
    this.#observer.onUnfit({ line, type: given, section, path, rule, problem });
    return this.#hide(start, end);
  }

  /** The path of the value, or of one around it, as messages show it. */
  #path(depth: number = this.#depth): string {
    let path = "$";
    for (const start of this.#keys.slice(0, depth)) {
      if (start < 0) path += start === -1 ? elementStep : hiddenStep;
      else path += shownStep(stringOf(this.#bytes, start, afterString(this.#bytes, start)));
    }
    return path;
  }
}

function findText(names: NameTable, name: string): number {
  const bytes = encoder.encode(name);
  return names.find(bytes.reduce(hashWith, emptyHash), bytes, 0, bytes.length);
}

/** What a scalar is in the form that observers get. */
function unquoted(json: string): string {
  if (json.charCodeAt(0) !== QUOTE) return json;
  return json.includes("\\") ? JSON.parse(json) as string : json.slice(1, -1);
}

function kindOf(code: number): string {
  if (code === QUOTE) return "a text";
  return code === LETTER_T || code === LETTER_F ? "true or false" : "a number";
}
