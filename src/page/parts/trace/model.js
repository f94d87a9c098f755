// @ts-check
/**
 * A trace: events in lanes, one a stream, and the arrows between them. Nothing here knows a browser.
 *
 * @module
 */

import { durationText } from "../../text/time.js";

/** @typedef {import("../../api/related.js").TraceEvent} TraceEvent */

/**
 * @typedef {object} Lane
 * @property {string} stream
 * @property {number[]} events Indexes of its events.
 */

/**
 * @typedef {object} Arrow
 * @property {import("../../text/links.js").Link["kind"]} kind
 * @property {number} from Index of the event that it comes from; -1 where a stream is linked that begins later.
 * @property {number} to Index of the event that has the link.
 * @property {number} lane Index of the lane that is linked.
 * @property {boolean} isExact Whether the link names the event, and not only its stream.
 */

/**
 * @typedef {object} Trace
 * @property {readonly TraceEvent[]} events
 * @property {Lane[]} lanes By their first events.
 * @property {number[]} laneOf Index of each event's lane.
 * @property {Arrow[]} arrows
 * @property {Arrow[][]} into The arrows that lead to each event, its cause first.
 * @property {Arrow[][]} outOf Those that lead from it.
 * @property {string[]} absent By event, what it links to that is not here.
 */

/**
 * @param {readonly TraceEvent[]} events Ascending.
 * @returns {Trace}
 */
export function traceOf(events) {
  /** @type {Map<string, number>} */
  const laneByStream = new Map();
  /** @type {Lane[]} */
  const lanes = [];
  /** @type {Map<unknown, number>} */
  const found = new Map();
  const laneOf = events.map(({ stream, position, globalPosition, id }, index) => {
    const lane = laneByStream.get(stream) ?? lanes.push({ stream, events: [] }) - 1;
    laneByStream.set(stream, lane);
    lanes[lane]?.events.push(index);
    found.set(globalPosition, index).set(`${stream}\0${position}`, index).set(`\0${id}`, index);
    return lane;
  });
  /** @type {Trace} */
  const trace = {
    events,
    lanes,
    laneOf,
    arrows: [],
    into: events.map(() => []),
    outOf: events.map(() => []),
    absent: [],
  };
  /** The last event so far of each lane. @type {number[]} */
  const last = [];
  events.forEach(({ links }, to) => {
    /** @type {Set<number>} */
    const linked = new Set();
    for (const { kind, stream = "", position, globalPosition, id } of links) {
      const exact = position === undefined ? undefined : found.get(`${stream}\0${position}`);
      const event = exact ?? found.get(globalPosition) ??
        (id === undefined ? id : found.get(`\0${id}`));
      const isNamed = (globalPosition ?? position ?? id) !== undefined;
      const lane = event === undefined ? laneByStream.get(stream) : laneOf[event];
      if (lane === undefined || isNamed && event === undefined) {
        trace.absent[to] ??= globalPosition?.toString() ?? id ?? stream;
        continue;
      }
      const from = event ?? last[lane] ?? -1;
      const isOwn = lane === laneOf[to];
      // Of a stream one arrow is enough.
      if (linked.has(lane) || from === to || isOwn && (kind !== "cause" || from < 0)) continue;
      linked.add(lane);
      const arrow = { kind, from, to, lane, isExact: event !== undefined };
      trace.arrows.push(arrow);
      trace.into[to]?.push(arrow);
      trace.outOf[arrow.from]?.push(arrow);
    }
    last[laneOf[to] ?? 0] = to;
  });
  return trace;
}

/**
 * What led to an event and what followed from it: along causes to the end, and along other links one step.
 *
 * @param {Trace} trace
 * @param {number} index Index of the event.
 * @returns {{events: Set<number>, arrows: Set<Arrow>}}
 */
export function connected(trace, index) {
  const events = new Set([index]);
  /** @type {Set<Arrow>} */
  const arrows = new Set();
  for (const side of /** @type {const} */ (["from", "to"])) {
    const waiting = [index];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      for (const arrow of (side === "from" ? trace.into : trace.outOf)[at] ?? []) {
        if (arrow.kind !== "cause" && at !== index) continue;
        arrows.add(arrow);
        const next = arrow[side];
        if (next < 0 || events.has(next)) continue;
        events.add(next);
        if (arrow.kind === "cause") waiting.push(next);
      }
    }
  }
  return { events, arrows };
}

/**
 * @typedef {object} Row
 * @property {number} event Index of its event; of the first one where several are folded.
 * @property {number} lane
 * @property {number} count How many events it stands for: more than one where they are folded.
 */

/** A lane of more events than this is folded: what links to nothing is drawn as one. */
const laneEventsMax = 30;

/**
 * The rows to draw, in the order of positions or times. Clocks may disagree with positions.
 *
 * @param {Trace} trace
 * @param {object} [options]
 * @param {readonly string[]} [options.unfolded] Streams that are shown whole.
 * @param {number} [options.keep] Index of an event that is shown anyway.
 * @param {boolean} [options.isByTime]
 * @returns {{rows: Row[], rowOf: number[]}} The rows, and the row of each event.
 */
export function rowsOf({ events, lanes, laneOf, arrows }, { unfolded, keep, isByTime } = {}) {
  const order = [...events.keys()];
  if (isByTime) {
    const times = events.map(({ time }) => Date.parse(time));
    order.sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
  }
  const shown = new Set([keep]);
  for (const { from, to, lane } of arrows) if (lane !== laneOf[to]) shown.add(from).add(to);
  /** @type {Row[]} */
  const rows = [];
  /** @type {number[]} */
  const rowOf = [];
  /** Of each lane, the row that what follows may be folded into. @type {(number | undefined)[]} */
  const folds = [];
  for (const event of order) {
    const lane = laneOf[event] ?? 0;
    const { stream, events: own } = lanes[lane] ?? { stream: "", events: [] };
    const isFolded = own.length > laneEventsMax && !unfolded?.includes(stream) &&
      event !== own[0] && event !== own.at(-1) && !shown.has(event);
    const row = (isFolded ? folds[lane] : undefined) ?? rows.push({ event, lane, count: 0 }) - 1;
    folds[lane] = isFolded ? row : undefined;
    rowOf[event] = row;
    const { [row]: drawn } = rows;
    if (drawn !== undefined) drawn.count++;
  }
  return { rows, rowOf };
}

/**
 * @typedef {object} Place
 * @property {number} y Where the middle of the row is.
 * @property {string} pause How long nothing happened before it, where that is shortened.
 */

/**
 * Where rows stand, from the top down.
 *
 * @param {Trace} trace
 * @param {readonly Row[]} rows
 * @param {{isByTime: boolean, rowHeight: number}} options
 * @returns {Place[]}
 */
export function placesOf({ events }, rows, { isByTime, rowHeight }) {
  const times = rows.map(({ event }) => isByTime ? Date.parse(events[event]?.time ?? "") : 0);
  const waits = times.map((time, at) => Math.max(0, time - (times[at - 1] ?? time)) || 0);
  const some = waits.filter((wait) => wait > 0).sort((a, b) => a - b);
  // What passes mostly is two rows long. Nothing is nearer than a row, nor farther than four: that is marked.
  const rowMs = (some[some.length >> 1] ?? 1) / 2;
  let y = rowHeight / -2;
  return waits.map((wait) => {
    y += Math.min(4, Math.max(1, wait / rowMs)) * rowHeight;
    return { y, pause: wait > 4 * rowMs ? durationText(wait) : "" };
  });
}

/**
 * @param {Trace} trace
 * @param {number} index Index of an event.
 * @returns {string} What it is: `47 workflow-123 TaskRequested, caused by 46, causes 48`.
 */
export function sentenceOf(trace, index) {
  const event = trace.events[index];
  if (event === undefined) return "";
  return `${event.globalPosition} ${event.stream} ${event.type}${linksText(trace, index)}`;
}

/**
 * @param {Trace} trace
 * @param {number} index Index of an event.
 * @returns {string} How it is linked: `, caused by 46, causes 48`; empty where it is not.
 */
export function linksText({ events, lanes, into, outOf, absent }, index) {
  const positionOf = (/** @type {number} */ at) => events[at]?.globalPosition;
  const before = (into[index] ?? []).map(({ kind, from, lane, isExact }) =>
    `${words[kind]} ${isExact ? positionOf(from) : lanes[lane]?.stream}`
  );
  if (absent[index] !== undefined) before.push(`links to ${absent[index]}, which is not here`);
  const effects = (outOf[index] ?? []).filter(({ kind, isExact }) => kind === "cause" && isExact);
  const more = effects.length > 5 ? ` and ${effects.length - 5} more` : "";
  const after = effects.slice(0, 5).map(({ to }) => positionOf(to)).join(", ");
  if (after !== "") before.push(`causes ${after}${more}`);
  return before.map((text) => `, ${text}`).join("");
}

/** How the link of a kind is said. */
const words = {
  cause: "caused by",
  correlation: "correlated with",
  reply: "replies to",
  payload: "names",
};
