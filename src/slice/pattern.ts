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
  readonly #pieces: readonly string[];

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
  const patterns = [""];
  for (let i = 0; i < text.length; i++) {
    if (text[i] === ",") patterns.push("");
    else if (text[i] === "\\" && i + 1 < text.length) {
      patterns[patterns.length - 1] += text[i] + text[++i];
    } else patterns[patterns.length - 1] += text[i];
  }
  return patterns.map((pattern) => pattern.trim()).filter((pattern) => pattern !== "");
}

function piecesOf(text: string): string[] {
  const pieces = [""];
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "*") pieces.push("");
    else if (text[i] === "\\" && i + 1 < text.length) pieces[pieces.length - 1] += text[++i];
    else pieces[pieces.length - 1] += text[i];
  }
  // Two stars in a row are one.
  return pieces.filter((piece, i) => piece !== "" || i === 0 || i === pieces.length - 1);
}
