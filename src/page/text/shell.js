// @ts-check
/**
 * Text for a shell.
 *
 * @module
 */

/**
 * @param {string} text
 * @returns {string} The text as one argument of a POSIX shell, whatever it holds.
 */
export function shellQuoted(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
