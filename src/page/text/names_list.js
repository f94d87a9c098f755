// @ts-check
/**
 * Several names in one field: separated by commas, one that is in a name written as `\,`.
 *
 * @module
 */

/**
 * @param {string} text
 * @returns {string[]} The names, without white space around them.
 */
export function splitNames(text) {
  return text.split(/(?<!\\),/).map((name) => name.replaceAll("\\,", ",").trim())
    .filter((name) => name !== "");
}

/**
 * @param {readonly string[]} names
 * @returns {string} The field's text.
 */
export function joinNames(names) {
  return names.map((name) => name.replaceAll(",", "\\,")).join(", ");
}
