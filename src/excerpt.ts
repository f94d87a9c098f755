/**
 * The beginning of a text, for an error message: a value may be megabytes long.
 *
 * @module
 */

/** Most characters of a value that a message repeats. */
const excerptChars = 60;

/**
 * Cuts a text for a message.
 *
 * @param text Any text.
 * @returns The text, or its first 60 characters and `…`.
 */
export function excerpt(text: string): string {
  if (text.length <= excerptChars) return text;
  // Half of a surrogate pair would be replaced on its way out.
  return `${text.slice(0, excerptChars).replace(/[\ud800-\udbff]$/, "")}…`;
}
