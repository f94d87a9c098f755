// @ts-check
/**
 * JSON as rows of a tree. Only what is open is looked into, and of that only as much as is shown.
 *
 * @module
 */

import { wholeEnd } from "./visible.js";
import { childrenOf } from "./raw_json.js";

/** How many members or elements are shown at first, and how many more each time. */
export const childrenStep = 100;
/** The same for a text, in characters. */
export const charsStep = 10_000;
/** Longest value that stands in a row as a whole, in characters. */
export const rowCharsMax = 160;
/** Values up to this length are open from the beginning, in characters, as long as the tree has few rows. */
const openCharsMax = 1_000;
const openRowsMax = 60;
/** How much one key may open. */
const openAllRowsMax = 500;
const openAllCharsMax = 16 * 1024 * 1024;

/**
 * @typedef {object} Row
 * @property {string} path Where it is: the numbers of its ancestors and its own, such as `.0.3`; empty for the root.
 * @property {number} level From 1.
 * @property {number} position From 1, among its siblings.
 * @property {number} size How many siblings there are, with itself.
 * @property {"value" | "text" | "more"} kind `text`: what a long text says; `more`: a step to see more of its parent.
 * @property {string} [name] JSON text of a member's name.
 * @property {string} value JSON text; of a `text` the text itself.
 * @property {boolean} [isOpen] Absent where nothing is in it.
 * @property {number} [count] How many are in it, where it is open.
 * @property {number} [shown] How many of them are shown.
 */

/** What is open, and how much of it is shown: members, elements or characters. @typedef {ReadonlyMap<string, number>} Opened */

/**
 * A tree of a text. It remembers what it has taken apart.
 */
export class JsonTree {
  /** @type {Map<string, {children: import("./raw_json.js").Child[], count: number, max: number}>} */
  #known = new Map();
  #text;

  /** @param {string} text JSON text. */
  constructor(text) {
    this.#text = text.trim();
  }

  /** @returns {Opened} What is open from the beginning. */
  firstOpened() {
    /** @type {Map<string, number>} */
    const opened = new Map();
    let rows = 1;
    for (const queue = [{ path: "", value: this.#text }]; rows < openRowsMax;) {
      const next = queue.shift();
      if (next === undefined) break;
      const { path, value } = next;
      if (!isContainer(value) || (path !== "" && value.length > openCharsMax)) continue;
      const { children, count } = this.#childrenOf(path, value, childrenStep);
      if (count === 0 || (path !== "" && rows + children.length > openRowsMax)) continue;
      opened.set(path, childrenStep);
      rows += children.length;
      queue.push(...children.map((child, index) => ({ ...child, path: `${path}.${index}` })));
    }
    return opened;
  }

  /**
   * @param {Opened} opened
   * @returns {Row[]} The rows, in order.
   */
  rows(opened) {
    /** @type {Row[]} */
    const rows = [];
    /**
     * @param {Pick<Row, "path" | "level" | "position" | "size" | "name" | "value">} own
     */
    const add = (own) => {
      const { path, level, value } = own;
      const shown = opened.get(path);
      const isEmpty = isContainer(value) && /^.\s*.$/.test(value);
      if (isEmpty || !(isContainer(value) || isLong(value))) {
        rows.push({ ...own, kind: "value" });
        return;
      }
      if (shown === undefined) {
        rows.push({ ...own, kind: "value", isOpen: false });
        return;
      }
      const below = { level: level + 1, shown };
      if (!isContainer(value)) {
        const text = this.#textOf(path, value);
        const end = wholeEnd(text, Math.min(shown, text.length));
        const size = end < text.length ? 2 : 1;
        rows.push({ ...own, kind: "value", isOpen: true, count: text.length });
        const part = { ...below, position: 1, size, value: text.slice(0, end) };
        rows.push({ ...part, kind: "text", path: `${path}.text` });
        if (size === 2) {
          rows.push({
            ...part,
            kind: "more",
            path: `${path}.more`,
            position: 2,
            count: text.length,
          });
        }
        return;
      }
      const { children, count } = this.#childrenOf(path, value, shown);
      rows.push({ ...own, kind: "value", isOpen: true, count });
      children.forEach((child, index) => {
        add({
          path: `${path}.${index}`,
          level: level + 1,
          position: index + 1,
          size: count,
          name: child.name,
          value: child.value,
        });
      });
      if (count > children.length) {
        const position = children.length + 1;
        const more = { ...below, kind: /** @type {const} */ ("more"), path: `${path}.more` };
        rows.push({ ...more, position, size: count, value: "", count, shown: children.length });
      }
    };
    add({ path: "", level: 1, position: 1, size: 1, value: this.#text });
    return rows;
  }

  /**
   * Opens a row and all below it, within bounds.
   *
   * @param {Opened} opened
   * @param {Pick<Row, "path" | "value">} row
   * @returns {Opened}
   */
  withAllOpen(opened, { path, value }) {
    const all = new Map(opened);
    let rows = 0;
    let chars = 0;
    const queue = [{ path, value }];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (!isContainer(next.value)) continue;
      const at = next.path;
      const shown = all.get(at) ?? childrenStep;
      chars += next.value.length;
      if (chars > openAllCharsMax || rows > openAllRowsMax) break;
      const { children } = this.#childrenOf(at, next.value, shown);
      all.set(at, shown);
      rows += children.length;
      queue.push(...children.map((child, index) => ({ ...child, path: `${at}.${index}` })));
    }
    return all;
  }

  /**
   * @param {string} path
   * @param {string} value
   * @param {number} max
   */
  #childrenOf(path, value, max) {
    const known = this.#known.get(path);
    if (known !== undefined && known.max >= Math.min(max, known.count)) {
      return known.max <= max ? known : { ...known, children: known.children.slice(0, max) };
    }
    const found = { ...childrenOf(value, max), max };
    this.#known.set(path, found);
    return found;
  }

  /** @type {{path: string, text: string} | undefined} */
  #lastText;

  /**
   * @param {string} path
   * @param {string} literal
   */
  #textOf(path, literal) {
    if (this.#lastText?.path !== path) {
      const text = literal.startsWith('"') ? JSON.parse(literal) : literal;
      this.#lastText = { path, text };
    }
    return this.#lastText.text;
  }
}

/**
 * @param {Row} row
 * @returns {number} How much is shown once a step more of what it stands for is.
 */
export function moreOf({ value, shown = 0 }) {
  return shown + (value === "" ? 5 * childrenStep : 10 * charsStep);
}

/** @param {string} value */
export function isContainer(value) {
  return value.startsWith("{") || value.startsWith("[");
}

/** What opens to a text: a long literal, or a string of several lines. @param {string} value */
function isLong(value) {
  return value.length > rowCharsMax || (value.startsWith('"') && value.includes("\\n"));
}
