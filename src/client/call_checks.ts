/**
 * What a caller gives, checked before anything is computed with it or sent.
 *
 * @module
 */

import { type ConsumerGroup, consumerGroupProblem } from "../consumer_group.ts";
import { EventoDBError } from "../errors.ts";
import { excerpt } from "../excerpt.ts";
import { integerProblem } from "../integer.ts";
import { categoryProblem } from "../names.ts";
import { categoryOf } from "../stream_name.ts";

/**
 * Checks options that are integers, such as positions. A value of `undefined` or `null` counts as absent.
 *
 * @param values The options by name.
 * @throws {EventoDBError} `INVALID_REQUEST` for a BigInt, a text, a fraction, or what is not a number.
 */
export function checkIntegers(values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    const problem = value === undefined || value === null ? null : integerProblem(value);
    if (problem === null) continue;
    throw invalid(
      `${JSON.stringify(name)} ${problem}, got the ${typeof value} ${excerpt(String(value))}`,
    );
  }
}

/**
 * Checks a consumer group.
 *
 * @param group The group, if there is one.
 * @throws {EventoDBError} `INVALID_REQUEST` when member or size is missing or wrong.
 */
export function checkConsumerGroup(group: ConsumerGroup | undefined): void {
  if (group === undefined) return;
  checkIntegers({ ...group });
  const problem = consumerGroupProblem(group);
  if (problem !== null) throw invalid(problem);
}

/**
 * Checks the name of a category: with a `-` in it, it can match nothing.
 *
 * @param category The name.
 * @throws {EventoDBError} `INVALID_REQUEST` when it is the name of a stream, or not a text.
 */
export function checkCategory(category: unknown): void {
  if (typeof category !== "string") {
    throw invalid(`a category must be a text, got the ${typeof category} ${String(category)}`);
  }
  const problem = categoryProblem(category);
  if (problem === null) return;
  throw invalid(
    `${JSON.stringify(excerpt(category))} ${problem}. The category of that stream is ${
      JSON.stringify(excerpt(categoryOf(category)))
    }`,
  );
}

/**
 * Writes a value as JSON.
 *
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
