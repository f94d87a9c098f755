// @ts-check
/**
 * JSON in lines, a chunk at a time: literals stay as they are, white space between them alone is new.
 *
 * @module
 */

import { wholeEnd } from "./visible.js";
import { isSpace, stringEnd } from "./raw_json.js";

/** Levels that are indented. A thousand would leave no space for the text, and make megabytes of spaces. */
const indentedMax = 40;

/** Prints a text. */
export class PrettyJson {
  #text;
  #at = 0;
  #depth = 0;
  /** Up to here it is a literal. */
  #literalEnd = 0;

  /** @param {string} text JSON text. */
  constructor(text) {
    this.#text = text;
  }

  get isDone() {
    return this.#at >= this.#text.length;
  }

  /**
   * @param {number} charsMax About how many characters; it may be a line's indentation more.
   * @returns {string} What follows; empty at the end.
   */
  next(charsMax) {
    const text = this.#text;
    let out = "";
    while (!this.isDone && out.length < charsMax) {
      if (this.#at < this.#literalEnd) {
        const cut = this.#at + charsMax - out.length;
        const end = cut < this.#literalEnd ? wholeEnd(text, cut) : this.#literalEnd;
        out += text.slice(this.#at, end);
        this.#at = end;
        continue;
      }
      const char = text.charAt(this.#at);
      if (char === '"') this.#literalEnd = stringEnd(text, this.#at);
      else if (isSpace(char.charCodeAt(0))) this.#at++;
      else if (char === "{" || char === "[") {
        let next = this.#at + 1;
        while (isSpace(text.charCodeAt(next))) next++;
        const isEmpty = /[}\]]/.test(text.charAt(next));
        if (!isEmpty) this.#depth++;
        out += isEmpty ? char + text.charAt(next) : char + this.#newLine();
        this.#at = isEmpty ? next + 1 : next;
      } else if (char === "}" || char === "]") {
        this.#depth--;
        out += this.#newLine() + char;
        this.#at++;
      } else if (char === "," || char === ":") {
        out += char === "," ? char + this.#newLine() : ": ";
        this.#at++;
      } else {
        const literal = /[^\s,\]}]*/y;
        literal.lastIndex = this.#at;
        literal.test(text);
        this.#literalEnd = literal.lastIndex;
      }
    }
    return out;
  }

  #newLine() {
    return `\n${"  ".repeat(Math.min(this.#depth, indentedMax))}`;
  }
}
