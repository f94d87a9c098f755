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

const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/**
 * @param {number} bytes
 * @returns {string} Such as `12.3 MiB`.
 */
export function bytesText(bytes) {
  let unit = 0;
  while (bytes >= 1024 && unit < units.length - 1) {
    bytes /= 1024;
    unit++;
  }
  return `${unit === 0 ? bytes : bytes.toFixed(1)} ${units[unit]}`;
}
