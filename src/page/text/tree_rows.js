// @ts-check
/**
 * JSON as rows of a tree. Only what is open is looked into, and of that only as much as is shown.
 *
 * @module
 */

import { wholeEnd } from "./visible.js";
import { childrenOf } from "./raw_json.js";

/** How many members or elements are shown at first, and of a text how many characters. */
const [childrenStep, charsStep] = [100, 10_000];
/** Longest value that stands in a row as a whole, in characters. */
export const rowCharsMax = 160;
/** How much is open from the beginning: values up to a length, as long as the tree has few rows. */
const atFirst = { rowsMax: 60, valueCharsMax: 1_000 };
/** How much one key may open. */
const atOnce = { rowsMax: 500, valueCharsMax: Infinity };
const charsAtOnceMax = 16 * 1024 * 1024;

/**
 * @typedef {object} Row
 * @property {string} path Where it is: the numbers of its ancestors and its own, such as `.0.3`; empty for the root.
 * @property {number} level From 1.
 * @property {number} position From 1, among its siblings.
 * @property {number} size How many siblings there are, with itself.
 * @property {"value" | "text" | "more"} kind `text`: what a long text says; `more`: a step to see more of its parent.
 * @property {string} [name] JSON text of a member's name.
 * @property {string} value JSON text; of a `text` the text itself, of a `more` the value of its parent.
 * @property {boolean} [isOpen] Absent where nothing is in it.
 * @property {number} [count] How many are in it, where it is open.
 * @property {number} [shown] How many of them are shown.
 * @property {number} [step] How many are shown once it is activated; 0 closes it. Absent where nothing is done.
 */

/** What is open, and how much of it is shown: members, elements or characters. @typedef {ReadonlyMap<string, number>} Opened */

/**
 * A tree of a text. It remembers what it has taken apart.
 */
export class JsonTree {
  /** @type {Map<string, {max: number, children: Pick<Row, "kind" | "name" | "value">[], count: number}>} */
  #known = new Map();
  #text;

  /** @param {string} text JSON text. */
  constructor(text) {
    this.#text = text.trim();
  }

  /** @returns {Opened} What is open from the beginning. */
  firstOpened() {
    return this.withAllOpen(new Map(), { path: "", value: this.#text }, atFirst);
  }

  /**
   * @param {Opened} opened
   * @returns {Row[]} The rows, in order.
   */
  rows(opened) {
    /** @type {Row[]} */
    const rows = [];
    /** @param {Row} own */
    const add = (own) => {
      const { path, level, kind, value } = own;
      const shown = opened.get(path);
      const isMany = isContainer(value);
      if (kind !== "value" || !(isMany ? !/^.\s*.$/.test(value) : isLong(value))) rows.push(own);
      else if (!shown) {
        rows.push({ ...own, isOpen: false, step: isMany ? childrenStep : charsStep });
      } else {
        const { children, count } = this.#childrenOf(path, value, shown);
        const isCut = shown < count;
        rows.push({ ...own, isOpen: true, count, step: 0 });
        const below = { level: level + 1, size: isMany ? count : isCut ? 2 : 1 };
        children.forEach((child, index) =>
          add({ ...child, ...below, path: `${path}.${index}`, position: index + 1 })
        );
        if (isCut) {
          rows.push({
            ...below,
            kind: "more",
            path: `${path}.more`,
            position: children.length + 1,
            value,
            count,
            shown,
            step: shown + (isMany ? 5 * childrenStep : 10 * charsStep),
          });
        }
      }
    };
    add({ path: "", level: 1, position: 1, size: 1, kind: "value", value: this.#text });
    return rows;
  }

  /**
   * Opens a row and all below it, within bounds.
   *
   * @param {Opened} opened
   * @param {Pick<Row, "path" | "value">} row
   * @param {typeof atFirst} [bounds]
   * @returns {Opened}
   */
  withAllOpen(opened, { path, value }, { rowsMax, valueCharsMax } = atOnce) {
    const all = new Map(opened);
    let rows = 1;
    let chars = 0;
    const queue = [{ path, value }];
    // It grows meanwhile.
    for (const next of queue) {
      const isOwn = next.path === path;
      if (!isContainer(next.value) || !isOwn && next.value.length > valueCharsMax) continue;
      chars += next.value.length;
      if (rows >= rowsMax || chars > charsAtOnceMax) break;
      const shown = all.get(next.path) || childrenStep;
      const { children } = this.#childrenOf(next.path, next.value, shown);
      if (!isOwn && rows + children.length > rowsMax) continue;
      all.set(next.path, shown);
      rows += children.length;
      children.forEach((child, index) =>
        queue.push({ value: child.value, path: `${next.path}.${index}` })
      );
    }
    return all;
  }

  /**
   * @param {string} path
   * @param {string} value
   * @param {number} max
   */
  #childrenOf(path, value, max) {
    let known = this.#known.get(path);
    if (known?.max !== max) this.#known.set(path, known = { max, ...partsOf(value, max) });
    return known;
  }
}

/**
 * @param {string} value
 * @param {number} max
 * @returns {{children: Pick<Row, "kind" | "name" | "value">[], count: number}} A long text has one part, the text.
 */
function partsOf(value, max) {
  if (isContainer(value)) {
    const { children, count } = childrenOf(value, max);
    return { children: children.map((child) => ({ ...child, kind: "value" })), count };
  }
  /** @type {string} */
  const text = value.startsWith('"') ? JSON.parse(value) : value;
  return {
    children: [{ kind: "text", value: text.slice(0, wholeEnd(text, max)) }],
    count: text.length,
  };
}

/** @param {string} value */
export function isContainer(value) {
  return /^[[{]/.test(value);
}

/** What opens to a text: a long literal, or a string of several lines. @param {string} value */
function isLong(value) {
  return value.length > rowCharsMax || (value.startsWith('"') && value.includes("\\n"));
}
