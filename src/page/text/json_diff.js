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

/** @typedef {import("./raw_json.js").Child} Child */

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
   * @param {string} [one]
   * @param {string} [other]
   */
  const compare = (path, one, other) => {
    if (one === other || isCut) return;
    isCut = differences.length >= differencesMax;
    if (isCut) return;
    const bracket = /^[[{]/.exec(one ?? "")?.[0];
    if (bracket !== undefined && one && other?.startsWith(bracket)) {
      isCut = (charsMax -= one.length + other.length) < 0;
      if (!isCut) {
        return compareChildren(path, childrenOf(one).children, childrenOf(other).children);
      }
    }
    differences.push({ path, before: one, after: other });
  };
  /**
   * @param {string} path
   * @param {Child[]} were
   * @param {Child[]} are
   */
  const compareChildren = (path, were, are) => {
    // Elements at the ends that are alike are left out, so that one more element is one difference.
    for (
      let last = were.at(-1);
      last && last.name === undefined && last.value === are.at(-1)?.value;
      last = were.at(-1)
    ) {
      were.pop();
      are.pop();
    }
    const [before, after] = [stepsOf(were), stepsOf(are)];
    for (const [step, value] of before) compare(path + step, value, after.get(step));
    for (const [step, value] of after) {
      if (!before.has(step)) compare(path + step, undefined, value);
    }
  };
  compare("$", before.trim(), after.trim());
  return { differences, isCut };
}

/**
 * @param {Child[]} children
 * @returns {Map<string, string>} Each value by what it adds to a path.
 */
function stepsOf(children) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  return new Map(children.map(({ name, value }, index) => {
    // Two spellings of a name are one.
    const key = name === undefined ? `${index}` : JSON.stringify(JSON.parse(name));
    const step = /^"[A-Za-z_$][\w$]*"$/.test(key) ? `.${key.slice(1, -1)}` : `[${key}]`;
    const count = (counts.get(step) ?? 0) + 1;
    counts.set(step, count);
    return [count === 1 ? step : `${step} (${count})`, value];
  }));
}
