/**
 * What a mask reports of the values that it meets: a report, a check and a search for residuals are made of
 * that.
 *
 * @module
 */

import type { PolicyRule, PolicySection } from "./policy/policy.ts";

/** A value, and where it stands. It is used again for the next value: take out what is to be kept. */
export interface MetValue {
  /** The event's line, from 1. */
  readonly line: number;
  /** The event's type. */
  readonly type: string;
  /** The part of the event. */
  readonly section: PolicySection;
  /**
   * The path of the rule that decided, as the policy has it. Where none did, the path of the value, with
   * `[*]` for the elements of arrays, and `['…']` for keys that may be personal data; of a stream's name,
   * its category.
   */
  readonly path: string;
  /** The rule that decided; `undefined` where none did. */
  readonly rule: PolicyRule | undefined;
}

/** A value that was replaced or dropped. */
export interface MaskedValue extends MetValue {
  /**
   * The value: the text of a string, decoded, or the JSON text of a number, `true` or `false`. Of the name
   * of a stream, its id, or each part of an id such as `a+b`.
   */
  readonly plaintext: string;
  /** What stands in its place, in the same form; `undefined` where it was dropped. */
  readonly replacement: string | undefined;
}

/** Called with values, in the order of the events. Each method is optional: what nobody wants costs nothing. */
export interface MaskObserver {
  /** A value was replaced or dropped. Not called for `null` and `""`, which stay. */
  onMasked?(value: MaskedValue): void;
  /**
   * A value of ASCII, written without escapes, was replaced by another one. Called in place of `onMasked` where it is
   * there, so that no string has to be made of most values.
   *
   * @param value Where it stands.
   * @param bytes What holds the value.
   * @param start Index of its first byte.
   * @param end Index after its last one.
   */
  onMaskedAscii?(value: MetValue, bytes: Uint8Array, start: number, end: number): void;
  /**
   * A key of an object looks like a value, and stays: a rule for the values says nothing of it. The path is
   * the object's. Not called below a value that is kept as a whole.
   */
  onKeptKey?(value: MetValue): void;
  /** A value stays, since its rule is `keep`. */
  onKept?(value: MetValue): void;
  /**
   * No rule names a value, and the policy has `unknown: error`. Without this method the mask fails there.
   * With it, the value is redacted, so that the mask goes on and its output still tells nothing.
   */
  onUndecided?(value: MetValue): void;
  /**
   * A value does not fit its rule, two rules that are equally specific decide it, or two would become one. Without this method the mask fails there. With it, the value is redacted.
   */
  onUnfit?(value: MetValue & { readonly problem: string }): void;
}
