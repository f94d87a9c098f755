/**
 * What is done to a single value.
 *
 * @module
 */

import type { MaskedOutput } from "./masked_output.ts";

/** What a mask may have to know of the event. */
export interface MaskedEvent {
  /** The name of its stream, before it is masked. */
  readonly stream: string;
}

/**
 * What a rule does to values. What it makes of a value is JSON text; `undefined` means that the value does
 * not fit the rule. `null` and `""` are never asked for: they stay.
 */
export interface ValueMask {
  /**
   * What it does to an object or array as a whole: `drop` and `replace` do it to the whole, unless something
   * below has another rule; `each` masks what is below one by one.
   */
  readonly whole: "each" | "drop" | "replace" | "keep";
  /** What it takes, and what else to use: to follow `it takes`. */
  readonly takes: string;
  /** What else is wrong with a text that does not fit, without the text. */
  readonly problemOf?: (text: string) => string | undefined;
  /**
   * The parts of a text that are replaced, each with what stands in its place, where it is not replaced as a
   * whole: the ids in the name of a stream. `undefined` for a text that does not fit.
   */
  readonly partsOf?: (text: string) => readonly (readonly [string, string])[] | undefined;
  /**
   * Masks a value where it stands in a line: the usual one, of ASCII without escapes, of which no string has to be
   * made. Writes the same JSON text as the methods below.
   *
   * @param bytes What holds its JSON text.
   * @param start Index of the first byte.
   * @param end Index after the last one.
   * @param output Takes the change.
   * @returns Index of the first byte of what was replaced, which goes to the end of the value; −1 for a value that is
   * left to the methods below.
   */
  readonly inPlace?: (
    bytes: Uint8Array,
    start: number,
    end: number,
    output: MaskedOutput,
  ) => number;
  /** Masks a text. */
  text(text: string, event: MaskedEvent): string | undefined;
  /** Masks a number, given as its JSON text. */
  number(text: string, event: MaskedEvent): string | undefined;
  /** Masks `true` or `false`. */
  boolean(text: string): string | undefined;
}

/** A mask that leaves every value as it is. */
export const keepMask: ValueMask = maskOf({ whole: "keep" });

/** A mask that drops every value. */
export const dropMask: ValueMask = maskOf({ whole: "drop" });

/** A mask that puts one JSON text in place of every value. */
export function constantMask(json: string): ValueMask {
  return maskOf({ whole: "replace", text: () => json, number: () => json, boolean: () => json });
}

/** A mask that tells only of what kind a value was. */
export const redactMask: ValueMask = maskOf({
  text: () => '"***"',
  number: () => "0",
  boolean: () => "false",
});

/** A mask, with what it does not take. */
export function maskOf(parts: Partial<ValueMask>): ValueMask {
  const none = () => undefined;
  return { whole: "each", takes: "", text: none, number: none, boolean: none, ...parts };
}
