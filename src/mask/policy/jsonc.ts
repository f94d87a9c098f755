/**
 * JSON with comments, made ready for a parser of YAML, which reads JSON too and knows the line of everything.
 *
 * @module
 */

/** A string, a comment, or a tab, which YAML does not take everywhere. */
const part = /"(?:[^"\\\n]|\\[^])*"?|\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|\t/g;

/**
 * Whether a text is meant as JSON.
 *
 * @param name The file's name.
 * @returns Whether the name ends with `.json` or `.jsonc`, or the text begins as an object or with a comment
 * of JSON's.
 */
export function isJson(text: string, name: string): boolean {
  return /\.jsonc?$/i.test(name) || /^\s*(?:\{|\/\/|\/\*)/.test(text);
}

/**
 * Puts spaces in place of comments, so that all else stays where it is.
 *
 * @returns The text without comments.
 */
export function blankComments(text: string): string {
  return text.replace(
    part,
    (found) => found.startsWith('"') ? found : found.replace(/[^\n]/g, " "),
  );
}
