// @ts-check
/**
 * Where the lines of the list are.
 *
 * @module
 */

/**
 * @typedef {import("./run.js").Row} Row
 * @typedef {{row?: Row, from: number, to: number}} Line An event, or positions that have none, from the first to the
 * last one.
 *
 * @typedef {object} Layout
 * @property {Line[]} lines
 * @property {number[]} tops Of each line, in pixels below the first one.
 * @property {number} height Of all.
 */

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
    layout.height += line.row ? rowHeight : gapHeight;
  };
  let from = run.from;
  /** @param {number} to */
  const addGap = (to) => hasGaps && from <= to && add({ from, to });
  for (const row of run.rows) {
    const at = row.globalPosition;
    addGap(at - 1);
    add({ row, from: at, to: at });
    from = at + 1;
  }
  addGap(run.to);
  return layout;
}

/**
 * @param {Layout} layout
 * @param {number} y
 * @returns {number} Index of the line at that height; that of the first or last one beyond.
 */
export function lineAt({ tops }, y) {
  return Math.max(0, tops.findLastIndex((top) => top <= y));
}
