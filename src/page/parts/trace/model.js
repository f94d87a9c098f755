// @ts-check
/**
 * A trace: events in lanes, one a stream, and the arrows between them. Nothing here knows a browser.
 *
 * @module
 */

/** @typedef {import("../../api/related.js").TraceEvent} TraceEvent */

/**
 * @typedef {object} Lane
 * @property {string} stream
 * @property {number[]} events Indexes of its events.
 */

/**
 * @typedef {object} Arrow
 * @property {"cause" | "correlation" | "reply" | "payload"} kind
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
      // Of a stream one arrow is enough.
      if (event === to || linked.has(lane) || kind !== "cause" && lane === laneOf[to]) continue;
      linked.add(lane);
      const arrow = {
        kind,
        from: event ?? last[lane] ?? -1,
        to,
        lane,
        isExact: event !== undefined,
      };
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
 * @property {number} folded How many events it stands for, where they are folded; otherwise 0.
 */

/** A lane of more events than this is folded: what links to nothing is drawn as one. */
const laneEventsMax = 30;
/** The fewest events in a row that are worth folding. */
const foldedMin = 3;

/**
 * The rows to draw, in the order of the events.
 *
 * @param {Trace} trace
 * @param {object} [options]
 * @param {readonly string[]} [options.unfolded] Streams that are shown whole.
 * @param {number} [options.keep] Index of an event that is shown anyway.
 * @param {"position" | "time"} [options.axis] What they are in the order of. Clocks may disagree with positions.
 * @returns {{rows: Row[], rowOf: number[]}} The rows, and the row of each event.
 */
export function rowsOf(trace, { unfolded = [], keep, axis } = {}) {
  const { events, lanes, laneOf, into, outOf } = trace;
  const isShown = events.map((_, index) =>
    index === keep ||
    [...into[index] ?? [], ...outOf[index] ?? []].some(({ from, to, lane }) =>
      (from < 0 ? lane : laneOf[from]) !== laneOf[to]
    )
  );
  /** Index of the first of the events that an event is folded with. @type {Map<number, number>} */
  const foldOf = new Map();
  for (const lane of lanes) {
    if (lane.events.length <= laneEventsMax || unfolded.includes(lane.stream)) continue;
    /** @type {number[]} */
    let run = [];
    lane.events.forEach((event, at) => {
      const isInner = at > 0 && at < lane.events.length - 1 && !isShown[event];
      if (isInner) run.push(event);
      if (isInner && at < lane.events.length - 2) return;
      if (run.length >= foldedMin) run.forEach((each) => foldOf.set(each, run[0] ?? each));
      run = [];
    });
  }
  /** @type {Row[]} */
  const rows = [];
  /** @type {number[]} */
  const rowOf = [];
  events.forEach((_, event) => {
    const fold = foldOf.get(event);
    const row = fold === undefined || fold === event
      ? rows.push({ event, lane: laneOf[event] ?? 0, folded: 0 }) - 1
      : rowOf[fold] ?? 0;
    rowOf.push(row);
    const own = rows[row];
    if (fold !== undefined && own !== undefined) own.folded++;
  });
  if (axis !== "time") return { rows, rowOf };
  const times = rows.map(({ event }) => Date.parse(events[event]?.time ?? ""));
  const order = [...rows.keys()].sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
  /** @type {number[]} */
  const moved = [];
  order.forEach((row, at) => moved[row] = at);
  return {
    rows: order.flatMap((row) => rows[row] ?? []),
    rowOf: rowOf.map((row) => moved[row] ?? 0),
  };
}

/**
 * @typedef {object} Place
 * @property {number} y Where the middle of the row is.
 * @property {string} gap What was left out before it; empty for nothing.
 */

/**
 * Where rows stand, from the top down.
 *
 * @param {Trace} trace
 * @param {readonly Row[]} rows
 * @param {{axis: "position" | "time", rowHeight: number, gapHeight?: number}} options
 * @returns {{places: Place[], height: number}}
 */
export function placesOf({ events }, rows, { axis, rowHeight, gapHeight = 0 }) {
  const times = rows.map(({ event }) => Date.parse(events[event]?.time ?? ""));
  const waits = times.map((time, at) => Math.max(0, time - (times[at - 1] ?? time)) || 0);
  const some = waits.filter((wait) => wait > 0).sort((a, b) => a - b);
  // What passes mostly is two rows long. Nothing is nearer than a row, nor farther than four: that is marked.
  const rowMs = (some[some.length >> 1] ?? 1) / 2;
  let y = rowHeight / -2;
  const places = rows.map((row, at) => {
    let gap = "";
    let steps = 1;
    if (axis === "time") {
      const wait = (waits[at] ?? 0) / rowMs;
      steps = Math.min(4, Math.max(1, wait));
      if (wait > 4) gap = durationText(waits[at] ?? 0);
    } else {
      // Not the row before, which may stand for several.
      const before = events[row.event - 1]?.globalPosition;
      const now = events[row.event]?.globalPosition ?? 0;
      const missing = before === undefined ? 0 : now - before - 1;
      if (missing > 0) {
        gap = missing === 1 ? `${now - 1}` : `${now - missing}–${now - 1}`;
        y += gapHeight;
      }
    }
    y += steps * rowHeight;
    return { y, gap };
  });
  return { places, height: y + rowHeight / 2 };
}

/**
 * @param {number} ms
 * @returns {string} Such as `2.5 h`.
 */
export function durationText(ms) {
  const [unit, length] = units.find(([, length]) => ms >= length) ?? ["ms", 1];
  return `${Number((ms / length).toPrecision(2))} ${unit}`;
}

/** @type {readonly (readonly [string, number])[]} */
const units = [["d", 86_400_000], ["h", 3_600_000], ["min", 60_000], ["s", 1000]];

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
