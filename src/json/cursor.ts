/**
 * A cursor over JSON text that `JSON.parse` has found valid: it finds where values begin and end, so
 * that they can be handed on as they were written. `JSON.parse` alone would round
 * 9007199254740993, turn 1.0 into 1 and drop repeated keys.
 *
 * @module
 */

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;

/** Goes through valid JSON text from left to right. */
export class JsonCursor {
  /** The text. */
  readonly text: string;
  /** Index of the next character. */
  at = 0;
  /** Whether white space has been passed since this was last set to `false`. */
  spaced = false;
  /** Deepest nesting passed since this was last set to 0. */
  depth = 0;

  /** @param text Valid JSON. */
  constructor(text: string) {
    this.text = text;
  }

  /**
   * Passes white space.
   *
   * @returns The code of the character after it; `NaN` at the end.
   */
  skipSpace(): number {
    let code = this.text.charCodeAt(this.at);
    while (code <= SPACE) {
      this.spaced = true;
      code = this.text.charCodeAt(++this.at);
    }
    return code;
  }

  /** Passes the string that begins at the cursor. */
  skipString(): void {
    this.at = stringEnd(this.text, this.at);
  }

  /** Passes the value that begins at the cursor, of any kind. */
  skipValue(): void {
    const { text } = this;
    let at = this.at;
    let code = text.charCodeAt(at);
    if (code === QUOTE) return this.skipString();
    if (code !== OPEN_OBJECT && code !== OPEN_ARRAY) return this.#skipWord();
    let depth = 0;
    do {
      if (code === QUOTE) {
        at = stringEnd(text, at);
      } else {
        if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
          if (++depth > this.depth) this.depth = depth;
        } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
          depth--;
        } else if (code <= SPACE) {
          this.spaced = true;
        }
        at++;
      }
      code = text.charCodeAt(at);
    } while (depth > 0 && at < text.length);
    this.at = at;
  }

  /** Passes a number, `true`, `false` or `null`. */
  #skipWord(): void {
    const { text } = this;
    let code = text.charCodeAt(this.at);
    while (
      code > SPACE && code !== COMMA && code !== CLOSE_ARRAY && code !== CLOSE_OBJECT
    ) {
      code = text.charCodeAt(++this.at);
    }
  }
}

/** Index after the string that begins at `start`. `indexOf` is faster than a walk, also in short ones. */
export function stringEnd(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let escape = quote;
    while (text.charCodeAt(escape - 1) === BACKSLASH) escape--;
    if ((quote - escape) % 2 === 0) return quote + 1;
  }
  return text.length;
}
