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
  return JSON.parse(JSON.stringify(`${text.slice(0, wholeEnd(text, charsMax))}…`));
}

const hiddenRun = /([\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+)/u;
const hiddenInLine = /((?:(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}])+)/u;

/**
 * Splits a text, so that escapes can be told from text that only looks like one.
 *
 * @param {string} text
 * @param {boolean} [hasLines] Whether the ends of its lines stay.
 * @returns {string[]} What is seen, then the escapes of what is not, and so on in turn; either may be empty.
 */
export function visibleParts(text, hasLines = false) {
  const parts = text.split(hasLines ? hiddenInLine : hiddenRun);
  return parts.map((part, index) => index % 2 === 0 ? part : visible(part));
}

/**
 * @param {string} text
 * @param {number} end Where to cut it.
 * @returns {number} The same, or one more: no surrogate pair is cut in half.
 */
export function wholeEnd(text, end) {
  return end < text.length && /[\ud800-\udbff]/.test(text.charAt(end - 1)) ? end + 1 : end;
}
