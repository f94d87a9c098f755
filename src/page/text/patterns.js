// @ts-check
/**
 * Patterns of names: `*` stands for any text, `\*` for itself. In a list commas separate, and `\,` is a comma.
 *
 * @module
 */

/**
 * @param {string} name
 * @returns {string} The pattern that only this name matches, as it stands in a list.
 */
export function exactPattern(name) {
  return name.replace(/[*\\,]/g, "\\$&");
}

/**
 * @param {string} [text] Such as `order-*, workflow-1`.
 * @returns {string[]} Its patterns, trimmed; empty ones are left out.
 */
export function patternsIn(text = "") {
  return (text.match(/(?:\\[^]|[^,\\]|\\$)+/g) ?? []).map((part) => part.trim()).filter(Boolean);
}

/**
 * @param {string} [text] A list of names without stars.
 * @returns {string[]} The names.
 */
export function namesIn(text) {
  return patternsIn(text).map((pattern) => pattern.replace(/\\([^])/g, "$1"));
}
