/**
 * Patterns of names: `*` stands for any text, and `\` takes the meaning of the character after it away.
 *
 * Matching takes time in proportion to the name: each part between two stars is looked for once, from the
 * left, which is enough, since a star gives back as much as it takes.
 *
 * @module
 */

/** A pattern of names. */
export class Pattern {
  /** The pattern, as it was given. */
  readonly text: string;
  /** The parts between the stars; one part when there is no star. */
  readonly #parts: readonly [string, ...string[]];

  /** @param text The pattern. */
  constructor(text: string) {
    this.text = text;
    this.#parts = partsOf(text);
  }

  /** The one name that matches; `undefined` when there is a star. */
  get literal(): string | undefined {
    return this.#parts.length === 1 ? this.#parts[0] : undefined;
  }

  /** What every name that matches begins with. */
  get prefix(): string {
    return this.#parts[0];
  }

  /** What every name that matches ends with. */
  get suffix(): string {
    return this.#parts.at(-1)!;
  }

  /**
   * Whether a name matches.
   *
   * @returns Whether it does.
   */
  matches(name: string): boolean {
    const [first, ...rest] = this.#parts;
    const last = rest.pop();
    if (last === undefined) return name === first;
    const end = name.length - last.length;
    if (!name.startsWith(first) || end < first.length || !name.endsWith(last)) return false;
    let at = first.length;
    for (const part of rest) {
      const found = name.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
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

/** The pattern that only one name matches. */
export function literalPattern(name: string): string {
  return name.replace(/[*\\]/g, "\\$&");
}

/** The text before the first star, between two stars and after the last one. */
function partsOf(text: string): [string, ...string[]] {
  // As most names are, of which there may be a million.
  if (!text.includes("*") && !text.includes("\\")) return [text];
  const parts: string[] = [];
  let current = "";
  for (const [token] of text.matchAll(/\\.|[^]/gs)) {
    if (token !== "*") current += token.length > 1 ? token.slice(1) : token;
    else {
      parts.push(current);
      current = "";
    }
  }
  const [first, ...between] = parts;
  if (first === undefined) return [current];
  // Two stars in a row are one.
  return [first, ...between.filter((part) => part !== ""), current];
}
