/**
 * Paths of values, for messages: keys that may be somebody's data are not shown.
 *
 * @module
 */

import { shownKeyCharsMax } from "../limits.ts";

/** A step of a path for which there is no name: an element, or a key that a rule masks. */
export const elementStep = "[*]";
/** The same for a key that is not shown. */
export const hiddenStep = "['…']";

/**
 * The step to a member.
 *
 * @param key Its key.
 * @returns Such as `.email` or `['first name']`; `['…']` for a key that does not look like a field's name:
 * maps may have e-mail addresses, ids or numbers as keys.
 */
export function shownStep(key: string): string {
  if (key.length > shownKeyCharsMax || !/^[\p{L}_$@#][\p{L}\p{M}\d_$ .:/-]*$/u.test(key)) {
    return hiddenStep;
  }
  // Such as an id, or the beginning of one.
  if (/\d{4}/.test(key) || (key.match(/\d/g)?.length ?? 0) > 6) return hiddenStep;
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
