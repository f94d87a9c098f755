// @ts-check
/// <reference lib="dom" />
/**
 * The lines of a trace: its lanes, and the arrows from causes to effects. They turn between two rows, where no label
 * is. What is linked as a stream, and not as an event, is a level line from its lane.
 *
 * @module
 */

import { html } from "../../html.js";

/**
 * @param {object} props
 * @param {import("./model.js").Trace} props.trace
 * @param {readonly number[]} props.rowOf
 * @param {ReturnType<typeof import("./model.js").connected> | null} props.lit What is connected with the event that is open.
 * @param {(row: number | undefined) => number} props.yOf
 * @param {(lane: number) => number} props.xOf
 * @param {number} props.rowHeight
 * @param {number} props.above What ends above is not drawn,
 * @param {number} props.below nor what begins below.
 */
export function Arrows({ trace, rowOf, lit, yOf, xOf, rowHeight, above, below }) {
  const { lanes, laneOf, arrows, events } = trace;
  const isSeen = (/** @type {number} */ y1, /** @type {number} */ y2) =>
    Math.max(y1, y2) > above && Math.min(y1, y2) < below;
  const drawn = arrows.flatMap((arrow) => {
    const { from, to, lane, isExact } = arrow;
    const own = laneOf[to] ?? 0;
    const y2 = yOf(rowOf[to]);
    const y1 = isExact || lane === own ? yOf(rowOf[from]) : y2;
    if (!isSeen(y1, y2) || rowOf[from] === rowOf[to]) return [];
    const [x1, x2] = [xOf(lane), xOf(own)];
    const path = y1 === y2
      ? `M${x1} ${y1}H${x2 - 8 * Math.sign(x2 - x1)}`
      : pathOf(x1, y1, x2, y2, rowHeight);
    return [{ ...arrow, path, isLit: lit?.arrows.has(arrow) }];
  });
  // What is lit lies above the rest.
  drawn.sort((a, b) => Number(a.isLit) - Number(b.isLit));
  return html`
    <svg class=${`trace-lines ${lit && "has-lit"}`} aria-hidden="true">
      ${lanes.map(({ events: own }, lane) => {
        const [y1, y2] = [yOf(rowOf[own[0] ?? 0]), yOf(rowOf[own.at(-1) ?? 0])];
        return isSeen(y1, y2) &&
          html`<path class=${`life lane-${lane % 6}`} d=${`M${xOf(lane)} ${y1}V${y2}`} />`;
      })}
      ${drawn.map(({ from, to, lane, kind, isExact, path, isLit }) =>
        html`
          <path key=${`${kind} ${lane} ${to}`} class=${`${kind} ${isLit && "lit"}`} d=${path}
            data-kind=${kind} data-to=${events[to]?.globalPosition}
            data-from=${isExact ? events[from]?.globalPosition : lanes[lane]?.stream} />
        `
      )}
    </svg>
  `;
}

/**
 * @param {number} x1
 * @param {number} y1
 * @param {number} x2
 * @param {number} y2
 * @param {number} rowHeight
 * @returns {string} The path of an arrow: down the lane, or beside it where others may be between, over to the other
 * lane, down into the event.
 */
export function pathOf(x1, y1, x2, y2, rowHeight) {
  const size = Math.min(4, rowHeight / 6);
  const end = y2 - 2 * size;
  const x = Math.abs(y2 - y1) > rowHeight ? x1 - 2 * size : x1;
  return `M${x1} ${y1}H${x}V${y2 - rowHeight / 2}H${x2}V${end}` +
    `m${-size} ${-size}l${size} ${size}l${size} ${-size}`;
}
