// @ts-check
/**
 * Where the lines of the list are, and how the scroll bar stands for global positions.
 *
 * A browser cannot scroll through 5,000,000 rows: elements end at some 17,000,000 pixels. So the scroll bar stands
 * for the global positions in proportion, and the rows that are loaded lie around it: scrolling by a little moves by
 * pixels, and what has drifted apart meanwhile is put right when the scrolling ends.
 *
 * @module
 */

/**
 * @typedef {import("./run.js").Row} Row
 * @typedef {{row: Row, from: number} | {row?: undefined, from: number, to: number}} Line An event, or positions that
 * have none; `from` is the first position.
 *
 * @typedef {object} Layout
 * @property {Line[]} lines
 * @property {number[]} tops Of each line, in pixels below the first one.
 * @property {number} height Of all.
 */

/** Pixels that browsers scroll through without rounding. */
const spaceMax = 8_000_000;

/**
 * @param {import("./run.js").EventRun} run
 * @param {{rowHeight: number, gapHeight: number, hasGaps: boolean}} options `hasGaps`: positions without an event
 * are shown.
 * @returns {Layout}
 */
export function layOut(run, { rowHeight, gapHeight, hasGaps }) {
  /** @type {Layout} */
  const layout = { lines: [], tops: [], height: 0 };
  /** @param {Line} line */
  const add = (line) => {
    layout.lines.push(line);
    layout.tops.push(layout.height);
    layout.height += line.row === undefined ? gapHeight : rowHeight;
  };
  let next = run.from;
  for (const row of run.rows) {
    const from = row.globalPosition;
    if (hasGaps && from > next) add({ from: next, to: from - 1 });
    add({ row, from });
    next = from + 1;
  }
  if (hasGaps && next <= run.to) add({ from: next, to: run.to });
  return layout;
}

/**
 * @param {readonly number[]} tops
 * @param {number} y
 * @returns {number} Index of the line at that height; that of the first or last one beyond.
 */
export function lineAt(tops, y) {
  let [low, high] = [0, tops.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (/** @type {number} */ (tops[middle]) <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * Puts the scroll bar where the rows shown are among all.
 *
 * @param {object} shown
 * @param {number} shown.view Height of what is seen.
 * @param {number} shown.content Height of the lines that are loaded.
 * @param {number} shown.offset How far the first line is above what is seen.
 * @param {number} shown.position Global position of the line at the top.
 * @param {number} shown.last Highest global position.
 * @param {boolean} shown.isStart Whether no line is before the first one.
 * @param {boolean} shown.isEnd Whether none is after the last one.
 * @param {number} shown.estimate Height that all lines would have.
 * @returns {{height: number, top: number}} Height of the scroll space, and where in it one is.
 */
export function settled({ view, content, offset, position, last, isStart, isEnd, estimate }) {
  if (isStart && isEnd) {
    const height = Math.max(content, view);
    return { height, top: clamp(offset, 0, height - view) };
  }
  const height = Math.ceil(clamp(estimate, content + 6 * view, spaceMax));
  const end = height - view;
  if (isStart) return { height, top: clamp(offset, 0, end) };
  if (isEnd) return { height, top: clamp(end - (content - offset - view), 0, end) };
  const share = (position - 1) / Math.max(1, last - 1);
  return { height, top: Math.round(clamp(share * end, 2 * view, end - 2 * view)) };
}

/**
 * @param {{top: number, view: number, height: number, last: number}} place Where the scroll bar was dragged to.
 * @returns {number} The global position that it stands for; the one after the last at the end.
 */
export function positionAt({ top, view, height, last }) {
  const share = clamp(top / Math.max(1, height - view), 0, 1);
  return share >= 1 ? last + 1 : 1 + Math.round(share * (last - 1));
}

/**
 * @param {number} value
 * @param {number} min
 * @param {number} max
 */
export function clamp(value, min, max) {
  return Math.min(Math.max(value, min), max);
}
