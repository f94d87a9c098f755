/**
 * What makes two spellings of a text one in a search: case.
 *
 * @module
 */

/**
 * Folds a text.
 *
 * @param text Any text.
 * @param isAscii Whether it has characters of ASCII alone, where that is known: it is faster then.
 * @returns The same for all of its spellings. Each character is folded by itself, so that a text can be folded in
 * pieces.
 */
export function fold(text: string, isAscii = false): string {
  if (isAscii) return text.toLowerCase();
  // By way of upper case, so that ß is SS; a sigma at the end of a word is one too.
  return text.toUpperCase().toLowerCase().replaceAll("ς", "σ");
}
