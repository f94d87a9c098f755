/**
 * The beginning of a text, for an error message: a value may be megabytes long.
 *
 * @module
 */

import { excerptCharsMax } from "./limits.ts";

/**
 * Cuts a text for a message.
 *
 * @param text Any text.
 * @returns The text, or its beginning and `…`.
 */
export function excerpt(text: string): string {
  if (text.length <= excerptCharsMax) return text;
  // Half of a surrogate pair would be replaced on its way out.
  return `${text.slice(0, excerptCharsMax).replace(/[\ud800-\udbff]$/, "")}…`;
}
