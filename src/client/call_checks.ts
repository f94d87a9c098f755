/**
 * What a caller gives, checked before anything is computed with it or sent.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { excerpt } from "../excerpt.ts";
import { categoryOf } from "../stream_name.ts";

/**
 * Checks options that are integers, such as positions. A value of `undefined` or `null` counts as absent.
 *
 * @param values The options by name.
 * @throws {EventoDBError} `INVALID_REQUEST` for a BigInt, a text, a fraction, or what is no number.
 */
export function checkIntegers(values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === null || Number.isSafeInteger(value)) continue;
    throw invalid(
      `${JSON.stringify(name)} must be an integer, a number of at most 2^53 − 1, got ` +
        `the ${typeof value} ${excerpt(String(value))}`,
    );
  }
}

/**
 * Checks the name of a category: with a `-` in it, it can match nothing.
 *
 * @param category The name.
 * @throws {EventoDBError} `INVALID_REQUEST` when it is the name of a stream, or no text.
 */
export function checkCategory(category: unknown): void {
  if (typeof category !== "string") {
    throw invalid(`a category must be a text, got the ${typeof category} ${String(category)}`);
  }
  if (!category.includes("-")) return;
  throw invalid(
    `${JSON.stringify(excerpt(category))} is not a category: category names have no "-". ` +
      `The category of that stream is ${JSON.stringify(excerpt(categoryOf(category)))}`,
  );
}

/**
 * Writes a value as JSON.
 *
 * @param value The value.
 * @param what What it is, for the error.
 * @returns Its text.
 * @throws {EventoDBError} `INVALID_REQUEST` for what JSON does not have: BigInts, circles, functions.
 */
export function jsonOf(value: unknown, what: string): string {
  let reason: string;
  try {
    const text: string | undefined = JSON.stringify(value);
    if (text !== undefined) return text;
    reason = `it is ${typeof value === "object" ? "null" : typeof value}`;
  } catch (error) {
    // The engine draws the circle over several lines.
    reason = error instanceof Error ? error.message.replace(/\n.*$/s, "") : String(error);
  }
  throw invalid(`${what} cannot be written as JSON: ${reason}`);
}

function invalid(problem: string): EventoDBError {
  return new EventoDBError("INVALID_REQUEST", `Cannot send the request: ${problem}`);
}
