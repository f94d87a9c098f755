// @ts-check
/**
 * Numbers for people: 1,234,567.
 *
 * @module
 */

const grouped = new Intl.NumberFormat("en");

/** @param {number} value */
export function countText(value) {
  return grouped.format(value);
}

/**
 * @param {number} count
 * @param {string} one Such as `event`.
 * @param {string} [many] Default: with an s.
 * @returns {string} Such as `1 event` or `2,000 events`.
 */
export function counted(count, one, many = `${one}s`) {
  return `${countText(count)} ${count === 1 ? one : many}`;
}
