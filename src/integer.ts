/**
 * Integers, wherever they come from: JSON, a query, an option of a command or of the client.
 *
 * @module
 */

import { POSITION_MAX } from "./message.ts";

/** What an integer may be. */
export interface IntegerRange {
  /** The lowest. Default: −(2^53 − 1). */
  min?: number;
  /** The highest. Default: 2^53 − 1. */
  max?: number;
}

/**
 * Reads an integer.
 *
 * @param text Decimal digits, a minus before them or not; also `1.0`, as languages without integers write it.
 * @returns The integer, `NaN` for any other text; it may be out of range: see {@linkcode integerProblem}.
 */
export function parseInteger(text: string): number {
  return /^-?\d+(?:\.0+)?$/.test(text) ? Number(text) : NaN;
}

/**
 * Reads a lower bound on positions: a negative one of any size means 0.
 *
 * @param text As for {@linkcode parseInteger}.
 */
export function parsePosition(text: string): number {
  return Math.max(parseInteger(text), 0);
}

/**
 * Checks an integer.
 *
 * @param value What stands for one.
 * @param range What it may be.
 * @returns What is wrong with it, to follow its label in a sentence, such as `must be at least 1`; `null`
 * when it is fine.
 */
export function integerProblem(
  value: unknown,
  { min = -POSITION_MAX, max = POSITION_MAX }: IntegerRange = {},
): string | null {
  const number = typeof value === "number" ? value : NaN;
  if (Number.isInteger(number) && number >= min && number <= max) return null;
  if (max !== POSITION_MAX) return `must be an integer from ${min} to ${max}`;
  if (number > max) return `must be at most ${max}`;
  return Number.isInteger(number) ? `must be at least ${min}` : "must be an integer";
}
