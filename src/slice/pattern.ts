/**
 * Patterns of names: `*` stands for any text, and `\` takes the meaning of the character after it away.
 *
 * Matching takes time in proportion to the name: each piece between two stars is looked for once, from the
 * left, which is enough, since a star gives back as much as it takes.
 *
 * @module
 */

/** A pattern of names. */
export class Pattern {
  /** The pattern, as it was given. */
  readonly text: string;
  /** The pieces between the stars; one piece when there is no star. */
  readonly #pieces: readonly [string, ...string[]];

  /** @param text The pattern. */
  constructor(text: string) {
    this.text = text;
    this.#pieces = piecesOf(text);
  }

  /** The one name that matches; `undefined` when there is a star. */
  get literal(): string | undefined {
    return this.#pieces.length === 1 ? this.#pieces[0] : undefined;
  }

  /** What every name that matches begins with. */
  get prefix(): string {
    return this.#pieces[0];
  }

  /**
   * Whether a name matches.
   *
   * @param name The name.
   * @returns Whether it does.
   */
  matches(name: string): boolean {
    const [first, ...rest] = this.#pieces;
    const last = rest.pop();
    if (last === undefined) return name === first;
    const end = name.length - last.length;
    if (!name.startsWith(first) || end < first.length || !name.endsWith(last)) return false;
    let at = first.length;
    for (const piece of rest) {
      const found = name.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return at <= end;
  }
}

/**
 * Splits a list of patterns at its commas.
 *
 * @param text The list; `\,` stands for a comma.
 * @returns The patterns, trimmed; empty ones are left out.
 */
export function splitPatterns(text: string): string[] {
  const patterns: string[] = [];
  let pattern = "";
  for (const [part] of text.matchAll(/\\.|[^]/gs)) {
    if (part !== ",") pattern += part;
    else {
      patterns.push(pattern);
      pattern = "";
    }
  }
  return [...patterns, pattern].map((pattern) => pattern.trim()).filter((pattern) =>
    pattern !== ""
  );
}

/** What stands before the first star, between two of them, and after the last one. */
/**
 * The pattern that only one name matches.
 *
 * @param name The name.
 * @returns The pattern.
 */
export function literalPattern(name: string): string {
  return name.replace(/[*\\]/g, "\\$&");
}

function piecesOf(text: string): [string, ...string[]] {
  const pieces: string[] = [];
  let piece = "";
  for (const [part] of text.matchAll(/\\.|[^]/gs)) {
    if (part !== "*") piece += part.length > 1 ? part.slice(1) : part;
    else {
      pieces.push(piece);
      piece = "";
    }
  }
  const [first, ...between] = pieces;
  if (first === undefined) return [piece];
  // Two stars in a row are one.
  return [first, ...between.filter((piece) => piece !== ""), piece];
}
