// @ts-check
/**
 * JSON as text, a chunk at a time.
 *
 * @module
 */

import { stringEnd } from "./raw_json.js";
import { wholeEnd } from "./visible.js";

/** Levels that are indented. A thousand would leave no space for the text, and make megabytes of spaces. */
const indentedMax = 40;

const token = /[[{]\s*[\]}]|[[\]{},:"]|\s+|[^[\]{},:"\s]+/y;

/** Prints a text in lines: literals stay as they are, white space between them alone is new. */
export class PrettyJson {
  #text;
  #at = 0;
  #depth = 0;
  /** Up to here it stays as it is. */
  #literalEnd;

  /**
   * @param {string} text JSON text.
   * @param {boolean} [isPretty] Otherwise all of it stays as it is.
   */
  constructor(text, isPretty = true) {
    this.#text = text;
    this.#literalEnd = isPretty ? 0 : text.length;
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
      const at = this.#at;
      if (at < this.#literalEnd) {
        this.#at = Math.min(this.#literalEnd, wholeEnd(text, at + charsMax - out.length));
        out += text.slice(at, this.#at);
        continue;
      }
      token.lastIndex = at;
      const [found] = /** @type {RegExpExecArray} */ (token.exec(text));
      const [char] = found;
      if (char === '"') this.#literalEnd = stringEnd(text, at);
      else if (/[^\s[\]{},:]/.test(found)) this.#literalEnd = at + found.length;
      else {
        this.#at += found.length;
        if (char === ":") out += ": ";
        else if (char === ",") out += char + this.#newLine(0);
        else if (char === "}" || char === "]") out += this.#newLine(-1) + char;
        else if (char === "{" || char === "[") {
          out += char + (found.length > 1 ? found.at(-1) : this.#newLine(1));
        }
      }
    }
    return out;
  }

  /** @param {number} levels How much deeper it is. */
  #newLine(levels) {
    this.#depth += levels;
    return `\n${"  ".repeat(Math.min(this.#depth, indentedMax))}`;
  }
}
