/**
 * Paths of values, for messages: keys that may be somebody's data are not shown.
 *
 * @module
 */

import { isValueLike } from "./looks.ts";

/** A step of a path for which there is no name: an element, or a key that a rule masks. */
export const elementStep = "[*]";
/** The same for a key that is not shown. */
export const hiddenStep = "['…']";

/**
 * The step to a member.
 *
 * @returns Such as `.email` or `['first name']`; `['…']` for a key that may be a value: maps may have names,
 * e-mail addresses, ids or numbers as keys.
 */
export function shownStep(key: string): string {
  if (isValueLike(key)) return hiddenStep;
  return /^[\p{L}_][\p{L}\d_]*$/u.test(key) ? `.${key}` : `['${key}']`;
}

/**
 * A category in a message.
 *
 * @param category The category: a name without `-`, which may be anything.
 * @returns It, or `…`.
 */
export function shownCategory(category: string): string {
  return shownStep(category) === hiddenStep ? "…" : category;
}
