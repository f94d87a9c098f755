// @ts-check
/**
 * What a screen reader says without the focus being there.
 *
 * @module
 */

import { Value } from "./value.js";

/** The last announcement. */
export const announcement = new Value("");

/** @param {string} text A sentence, such as "12 events". */
export function announce(text) {
  // The same text twice is no change, and would not be said.
  announcement.set(announcement.current === text ? `${text}\u00a0` : text);
}
