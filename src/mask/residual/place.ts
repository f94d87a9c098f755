/**
 * Names of the places where values are: a type and a path in which nothing is shown that may itself be a
 * value.
 *
 * @module
 */

import type { RawStep } from "../../json/value_walker.ts";
import { isValueLike, isValueLikeName } from "../looks.ts";

/**
 * Names a value of a payload.
 *
 * @param type The event's type.
 * @param field The payload.
 * @param steps The way to the value in it.
 * @returns Such as `NoteAdded data.lines[*].text`.
 */
export function placeOf(
  type: string,
  field: "data" | "metadata",
  steps: readonly RawStep[],
): string {
  return `${shownType(type)} ${field}${steps.map(shownStep).join("")}`;
}

/**
 * Names the stream names of a category.
 *
 * @returns Such as `stream names of customer`.
 */
export function streamPlaceOf(category: string): string {
  return `stream names of ${
    isValueLikeName(category) ? "a category that looks like a value" : category
  }`;
}

/**
 * The name of a type, unless it may itself be a value.
 *
 * @returns What may be shown.
 */
export function shownType(type: string): string {
  return isValueLikeName(type) ? "a type that looks like a value" : type;
}

function shownStep(step: RawStep): string {
  if (step === null) return "[*]";
  const key = JSON.parse(step) as string;
  if (isValueLike(key)) return ".*";
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
