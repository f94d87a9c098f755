// @ts-check
/**
 * What differs between two JSON texts, by path. Values are compared and shown as they are written: 1.0 is not 1.
 *
 * @module
 */

import { childrenOf } from "./raw_json.js";

/**
 * @typedef {object} Difference
 * @property {string} path Such as `$.lines[0].price`; `$.email (2)` is the second member of its name.
 * @property {string} [before] JSON text; absent where it was added.
 * @property {string} [after] JSON text; absent where it was removed.
 */

/**
 * Compares two texts.
 *
 * @param {string} before JSON text.
 * @param {string} after JSON text.
 * @param {{differencesMax?: number, charsMax?: number}} [bounds] After how many differences, and after how many
 * characters that were looked at, it goes into nothing more.
 * @returns {{differences: Difference[], isCut: boolean}} `isCut`: there may be more, or smaller ones.
 */
export function differencesOf(
  before,
  after,
  { differencesMax = 200, charsMax = 4 * 1024 * 1024 } = {},
) {
  /** @type {Difference[]} */
  const differences = [];
  let isCut = false;
  /**
   * @param {string} path
   * @param {string | undefined} one
   * @param {string | undefined} other
   */
  const compare = (path, one, other) => {
    if (one === other || isCut) return;
    if (differences.length >= differencesMax) isCut = true;
    else if (one === undefined || other === undefined || !sameBrackets(one, other)) {
      differences.push({ path, before: one, after: other });
    } else if ((charsMax -= one.length + other.length) < 0) {
      differences.push({ path, before: one, after: other });
      isCut = true;
    } else if (one.startsWith("{")) compareObjects(path, one, other);
    else compareArrays(path, one, other);
  };
  /**
   * @param {string} path
   * @param {string} one
   * @param {string} other
   */
  const compareObjects = (path, one, other) => {
    const were = membersByKey(one);
    const are = membersByKey(other);
    for (const [key, value] of were) compare(path + key, value, are.get(key));
    for (const [key, value] of are) if (!were.has(key)) compare(path + key, undefined, value);
  };
  /**
   * What begins and ends alike is passed over, so that one more element is one difference.
   *
   * @param {string} path
   * @param {string} one
   * @param {string} other
   */
  const compareArrays = (path, one, other) => {
    const were = childrenOf(one).children.map(({ value }) => value);
    const are = childrenOf(other).children.map(({ value }) => value);
    const least = Math.min(were.length, are.length);
    let start = 0;
    while (start < least && were[start] === are[start]) start++;
    let end = 0;
    while (end < least - start && were.at(-1 - end) === are.at(-1 - end)) end++;
    const most = Math.max(were.length, are.length) - end;
    for (let index = start; index < most && !isCut; index++) {
      const was = index < were.length - end ? were[index] : undefined;
      const is = index < are.length - end ? are[index] : undefined;
      compare(`${path}[${index}]`, was, is);
    }
  };
  compare("$", before.trim(), after.trim());
  return { differences, isCut };
}

/**
 * @param {string} one
 * @param {string} other
 */
function sameBrackets(one, other) {
  return one[0] === other[0] && (one[0] === "{" || one[0] === "[");
}

/**
 * @param {string} text JSON text of an object.
 * @returns {Map<string, string>} Each value by what its member adds to a path.
 */
function membersByKey(text) {
  /** @type {Map<string, string>} */
  const members = new Map();
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { name = "", value } of childrenOf(text).children) {
    // Two spellings of a name are one.
    const key = name.includes("\\") ? JSON.stringify(JSON.parse(name)) : name;
    const step = /^"[A-Za-z_$][\w$]*"$/.test(key) ? `.${key.slice(1, -1)}` : `[${key}]`;
    const count = (counts.get(step) ?? 0) + 1;
    counts.set(step, count);
    members.set(count === 1 ? step : `${step} (${count})`, value);
  }
  return members;
}
