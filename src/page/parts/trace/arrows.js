// @ts-check
/// <reference lib="dom" />
/**
 * The lines of a trace: its lanes, and the arrows from causes to effects. They turn between two rows, where no label
 * is. What is linked as a stream, and not as an event, is a level line from its lane.
 *
 * @module
 */

import { html } from "../../html.js";

/** @typedef {import("./model.js").Trace} Trace */

/**
 * @param {object} props
 * @param {Trace} props.trace
 * @param {readonly import("./model.js").Row[]} props.rows
 * @param {readonly number[]} props.rowOf
 * @param {{arrows: ReadonlySet<import("./model.js").Arrow>} | null} props.lit What is connected with the event that is open.
 * @param {(row: number) => number} props.yOf
 * @param {(lane: number) => number} props.xOf
 * @param {number} props.rowHeight
 * @param {number} props.width
 * @param {number} props.above What ends above is not drawn,
 * @param {number} props.below nor what begins below.
 * @param {number} props.firstLane
 * @param {number} props.laneEnd
 */
export function Arrows(props) {
  const { trace, rows, rowOf, lit, yOf, xOf, rowHeight, width, above, below } = props;
  const { lanes, laneOf, arrows, events } = trace;
  const top = Math.max(0, above);
  const yOfEvent = (/** @type {number} */ event) => yOf(rowOf[event] ?? 0);
  const drawn = arrows.flatMap((arrow) => {
    const { kind, from, to, lane, isExact } = arrow;
    const y2 = yOfEvent(to);
    const y1 = isExact ? yOfEvent(from) : y2;
    if (Math.max(y1, y2) < above || Math.min(y1, y2) > below || rowOf[from] === rowOf[to]) {
      return [];
    }
    const own = laneOf[to] ?? 0;
    const isFree = !isExact || !isBetween(rows, lane, rowOf[from] ?? 0, rowOf[to] ?? 0);
    const path = isExact || lane === own
      ? pathOf(xOf(lane), isExact ? y1 : yOfEvent(from), xOf(own), y2, rowHeight, isFree)
      : levelPath(xOf(lane), xOf(own), y2);
    const isLit = lit?.arrows.has(arrow) ?? false;
    return [{
      arrow,
      path,
      isLit,
      name: `${kind} ${isExact ? "" : "whole"} ${isLit ? "lit" : ""}`,
    }];
  });
  // What is lit lies above the rest.
  drawn.sort((a, b) => Number(a.isLit) - Number(b.isLit));
  return html`
    <svg class=${lit === null
      ? "trace-lines"
      : "trace-lines has-lit"} aria-hidden="true" width=${width}
      height=${below - top} viewBox=${`0 ${top} ${width} ${below - top}`} style=${{
        top: `${top}px`,
      }}>
      ${lanes.slice(props.firstLane, props.laneEnd).map(({ events: own }, at) => {
        const x = xOf(props.firstLane + at);
        const y1 = Math.max(above, yOfEvent(own[0] ?? 0));
        const y2 = Math.min(below, yOfEvent(own.at(-1) ?? 0));
        return y2 > y1 &&
          html`<path class=${`life lane-${
            (props.firstLane + at) % 6
          }`} d=${`M${x} ${y1}V${y2}`} />`;
      })}
      ${drawn.map(({ arrow: { from, to, lane, kind, isExact }, path, name }) =>
        html`
          <path key=${`${kind} ${lane} ${to}`} class=${name} d=${path} data-kind=${kind}
            data-from=${isExact ? events[from]?.globalPosition : lanes[lane]?.stream}
            data-to=${events[to]?.globalPosition} />
        `
      )}
    </svg>
  `;
}

/**
 * @param {readonly import("./model.js").Row[]} rows
 * @param {number} lane
 * @param {number} from
 * @param {number} to
 * @returns {boolean} Whether an event of the lane is between two rows.
 */
function isBetween(rows, lane, from, to) {
  for (let row = from + 1; row < to; row++) if (rows[row]?.lane === lane) return true;
  return false;
}

/**
 * @param {number} x1
 * @param {number} y1
 * @param {number} x2
 * @param {number} y2
 * @param {number} rowHeight
 * @param {boolean} isFree Whether the way down the first lane is.
 * @returns {string} The path of an arrow: down the lane or beside it, over to the other, down into the event.
 */
export function pathOf(x1, y1, x2, y2, rowHeight, isFree) {
  const size = Math.min(4, rowHeight / 6);
  const end = y2 - 2 * size;
  const tip = `M${x2 - size} ${end - size}L${x2} ${end}L${x2 + size} ${end - size}`;
  // A cause that comes later: clocks disagree, or somebody has written what is not so.
  if (y2 <= y1) return `M${x1} ${y1}L${x2} ${y2}`;
  if (x1 === x2 && isFree) return `M${x1} ${y1 + size}V${end}${tip}`;
  const turn = y2 - rowHeight / 2;
  const x = isFree ? x1 : x1 - 2 * size;
  const bend = Math.min(6, rowHeight / 4) * Math.sign(x2 - x);
  const round = Math.abs(bend);
  const start = isFree ? `M${x1} ${y1 + size}` : `M${x1} ${y1}Q${x} ${y1} ${x} ${y1 + 2 * size}`;
  return `${start}V${turn - round}Q${x} ${turn} ${x + bend} ${turn}H${x2 - bend}` +
    `Q${x2} ${turn} ${x2} ${turn + round}V${end}${tip}`;
}

/**
 * @param {number} x1
 * @param {number} x2
 * @param {number} y
 * @returns {string} A level line from a lane to an event.
 */
function levelPath(x1, x2, y) {
  const side = Math.sign(x2 - x1);
  return `M${x1} ${y}H${x2 - 8 * side}`;
}
