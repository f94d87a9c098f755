// @ts-check
/**
 * Text that somebody else wrote, so that nothing in it is hidden or reorders what stands around it.
 *
 * @module
 */

/** Controls, marks of direction and of no width, line separators, halves of surrogate pairs. */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * @param {string} text
 * @returns {string} The text, with an escape such as `\u202e` in the place of what one would not see.
 */
export function visible(text) {
  return text.replace(hidden, (char) => {
    const code = (char.codePointAt(0) ?? 0).toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, "0")}`;
  });
}

/**
 * Cuts a text, and lets go of the rest: a slice of a string keeps the whole of it in memory.
 *
 * @param {string} text
 * @param {number} charsMax
 * @returns {string} Its beginning, with an ellipsis where something is missing.
 */
export function cutText(text, charsMax) {
  if (text.length <= charsMax) return text;
  return JSON.parse(JSON.stringify(`${text.slice(0, charsMax)}…`));
}
