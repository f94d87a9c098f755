// @ts-check
/// <reference lib="dom" />
/**
 * A trace as it is seen: time runs down, every stream has a lane; where it is narrow, a list. Only what is in sight is
 * drawn.
 *
 * @module
 */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { html } from "../../html.js";
import { adjust, linkTo } from "../../state/address.js";
import { announce } from "../../state/announce.js";
import { useKeys } from "../../state/keys.js";
import { countText } from "../../text/numbers.js";
import { exactPattern, namesIn } from "../../text/patterns.js";
import { timeText } from "../../text/time.js";
import { visible } from "../../text/visible.js";
import { useZone } from "../time.js";
import { Arrows } from "./arrows.js";
import { connected, linksText, placesOf, rowsOf, sentenceOf } from "./model.js";

/** How large things may be drawn, in percent. */
const zooms = [25, 50, 75, 100, 150, 200];

/** What is drawn above and below of what is in sight, in pixels. */
const marginPx = 300;

/** Below this width lanes are too narrow for their labels, in pixels. */
const narrowPx = 600;

/** More lanes than this are a list, unless they are asked for: most would be out of sight. */
const lanesMax = 40;

/**
 * @param {{trace: import("./model.js").Trace, params: Readonly<Record<string, string>>, children: unknown}} props
 * `children`: what stands above it.
 */
export function Chart({ trace, params, children }) {
  const { events, lanes, into, outOf } = trace;
  const zone = useZone();
  const scroller = useRef(/** @type {HTMLElement | null} */ (null));
  const [sight, setSight] = useState({ top: 0, width: 0, height: 0 });
  /** The row that the keyboard is at, and whether it has to come into sight or to have the focus. */
  const [goal, setGoal] = useState({ row: 0, isShown: false, isFocused: false });

  const selected = events.findIndex((event) => String(event.globalPosition) === params.event);
  const isByTime = params.axis === "time";
  const isNarrow = sight.width < narrowPx;
  const isList = params.as ? params.as === "list" : isNarrow || lanes.length > lanesMax;
  const zoom = zooms.indexOf(Number(params.zoom) || 100);
  const scale = (zooms[zoom] ?? 100) / 100;
  const rowHeight = isList ? isNarrow ? 44 : 28 : 28 * scale;
  const gutter = isByTime ? isList && isNarrow ? 92 : 188 : isList ? 64 : 84;
  const laneWidth = isList ? Math.min(12, 96 / lanes.length) : Math.min(
    320 * scale,
    Math.max(120 * scale, (sight.width - gutter - 48) / lanes.length),
  );
  const { rows, rowOf } = useMemo(
    () => rowsOf(trace, { unfolded: namesIn(params.open), keep: selected, isByTime }),
    [trace, params.open, selected, isByTime],
  );
  const places = useMemo(
    () => placesOf(trace, rows, { isByTime, rowHeight }),
    [trace, rows, rowHeight],
  );
  const lit = useMemo(() => selected < 0 ? null : connected(trace, selected), [trace, selected]);
  const yOf = (/** @type {number | undefined} */ row) => places[row ?? 0]?.y ?? 0;
  const xOf = (/** @type {number} */ lane) => gutter + lane * laneWidth + 14;
  const current = Math.min(goal.row, rows.length - 1);

  const zoomBy = (/** @type {number} */ by) =>
    adjust({ zoom: zooms[(zoom < 0 ? 3 : zoom) + by] ?? params.zoom ?? null }, { replace: true });
  const onWheel = (/** @type {WheelEvent} */ event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoomBy(event.deltaY < 0 ? 1 : -1);
  };
  const measure = () => {
    const { scrollTop, clientWidth, clientHeight } = /** @type {HTMLElement} */ (scroller.current);
    setSight({ top: scrollTop, width: clientWidth, height: clientHeight });
  };
  useLayoutEffect(() => {
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(/** @type {HTMLElement} */ (scroller.current));
    return () => observer.disconnect();
  }, []);
  /** What is in the middle stays there. */
  const drawnHeight = useRef(rowHeight);
  useLayoutEffect(() => {
    const middle = sight.height / 2;
    const top = (sight.top + middle) * rowHeight / drawnHeight.current - middle;
    if (scroller.current !== null) scroller.current.scrollTop = top;
    drawnHeight.current = rowHeight;
  }, [rowHeight]);

  useEffect(() => {
    const link = scroller.current?.querySelector(`[data-row="${current}"]`);
    if (!(link instanceof HTMLElement) || !goal.isShown) return;
    if (goal.isFocused) link.focus({ preventScroll: true });
    link.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [goal]);
  useEffect(() => {
    const row = rowOf[selected];
    if (row !== undefined) setGoal({ row, isShown: true, isFocused: false });
  }, [trace, selected, isList, isByTime]);

  const own = rows[current];
  /** @param {number | undefined} row */
  const moveTo = (row) => {
    if (rows[row ?? -1]) setGoal({ row: row ?? 0, isShown: true, isFocused: true });
  };
  /** To the nearest row. @param {(lanes: number, rows: number) => boolean} isThere */
  const toward = (isThere) =>
    moveTo(
      [...rows.keys()].filter((row) =>
        isThere((rows[row]?.lane ?? 0) - (own?.lane ?? 0), row - current)
      ).sort((a, b) => Math.abs(a - current) - Math.abs(b - current))[0],
    );
  /** @param {readonly (readonly import("./model.js").Arrow[])[]} arrows @param {"from" | "to"} end @param {string} what */
  const follow = (arrows, end, what) => {
    const there = own?.count === 1 && arrows[own.event]?.filter((arrow) => arrow[end] >= 0) || [];
    const arrow = there.find(({ kind }) => kind === "cause") ?? there[0];
    if (arrow === undefined) announce(`No ${what} of it is here`);
    else moveTo(rowOf[arrow[end]]);
  };
  /** @type {[string, string, () => void][]} */
  const keys = [
    ["j", "Next event", () => moveTo(current + 1)],
    ["k", "Previous event", () => moveTo(current - 1)],
    ["ArrowDown", "Along the lane", () => toward((lanes, rows) => lanes === 0 && rows > 0)],
    ["ArrowUp", "Along the lane", () => toward((lanes, rows) => lanes === 0 && rows < 0)],
    ["ArrowRight", "To the next lane", () => toward((lanes) => lanes === 1)],
    ["ArrowLeft", "To the next lane", () => toward((lanes) => lanes === -1)],
    ["c", "To the cause", () => follow(into, "from", "cause")],
    ["e", "To the first effect", () => follow(outOf, "to", "effect")],
    ["+", "Larger", () => zoomBy(1)],
    ["-", "Smaller", () => zoomBy(-1)],
    ["0", "As large as at first", () => adjust({ zoom: null }, { replace: true })],
  ];
  // As they are drawn now: two keys may come before effects run.
  const runs = useRef(keys);
  runs.current = keys;
  useKeys(
    keys.map(([key, text], at) => ({
      key,
      text,
      run: () => runs.current[at]?.[2](),
      within: key.startsWith("Arrow") ? ".trace-rows" : undefined,
    })),
    [],
  );

  const [above, below] = [sight.top - marginPx, sight.top + sight.height + marginPx];
  // The one that has the focus stays, wherever it is.
  const shown = [...rows.keys()].filter((row) =>
    row === current || yOf(row) > above && yOf(row) < below
  );
  const width = isList ? undefined : gutter + lanes.length * laneWidth;
  /** @param {string} label @param {string} name @param {string} now @param {readonly string[]} choices */
  const choice = (label, name, now, choices) =>
    html`<span class="switch" role="group" aria-label=${label}>${
      choices.map((value) =>
        html`
          <button key=${value} type="button" aria-pressed=${value === now}
            onClick=${() => adjust({ [name]: value }, { replace: true })}>${value}</button>
        `
      )
    }</span>`;

  return html`
    <div class="trace-bar">
      ${children}
      ${choice("Show as", "as", isList ? "list" : "lanes", ["lanes", "list"])}
      ${choice("Axis", "axis", isByTime ? "time" : "position", ["position", "time"])}
      ${!isList && html`
        <span class="switch" role="group" aria-label="Zoom">
          <button type="button" aria-label="Smaller" onClick=${() => zoomBy(-1)}>−</button>
          <button type="button" aria-label="Larger" onClick=${() => zoomBy(1)}>+</button>
        </span>
      `}
    </div>
    <div class=${`trace-scroll ${isList && "as-list"} ${isNarrow && "narrow"} ${
      scale < 0.75 && "small"
    }`} ref=${scroller} onScroll=${measure} onWheel=${onWheel}>
      ${!isList && html`<div class="trace-heads" style=${pixels({ width })}>
        <span class="gutter" style=${pixels({ width: gutter })}>${
        isByTime ? "Time" : "Position"
      }</span>
        ${
        lanes.map(({ stream, events: own }, lane) =>
          html`
            <a key=${stream} class=${`lane-${lane % 6}`}
              style=${pixels({ left: gutter + lane * laneWidth, width: laneWidth })}
              href=${linkTo("events", { stream: exactPattern(stream) })}
              title=${`${visible(stream)}: ${own.length}`}><bdi>${visible(stream)}</bdi></a>
          `
        )
      }
      </div>`}
      <div class="trace-canvas" style=${pixels({
        width,
        height: (places.at(-1)?.y ?? 0) + rowHeight / 2,
      })}>
        ${!isList && html`
          <${Arrows} trace=${trace} rowOf=${rowOf} lit=${lit} yOf=${yOf} xOf=${xOf}
            rowHeight=${rowHeight} above=${above} below=${below} />
        `}
        <div class="gutter behind" style=${pixels({ width: gutter })} />
        <ol class="trace-rows" aria-label="Events">
          ${shown.map((row) => {
            const { event: index = 0, lane = 0, count = 0 } = rows[row] ?? {};
            const event = events[index];
            if (event === undefined) return null;
            const { stream, type, globalPosition, time } = event;
            const pause = places[row]?.pause;
            const left = isList ? gutter + lane * laneWidth : xOf(lane) - 9;
            const common = {
              "data-row": row,
              tabIndex: row === current ? 0 : -1,
              style: pixels({ left, maxWidth: `calc(100% - ${left}px)` }),
              onFocus: () => setGoal({ row, isShown: false, isFocused: false }),
              class: `lane-${lane % 6} ${lit && !lit.events.has(index) && "dim"}`,
            };
            const sentence = visible(sentenceOf(trace, index));
            const many = `${countText(count)} events…`;
            return html`
              <li key=${index} style=${pixels({ top: yOf(row) - rowHeight / 2, height: rowHeight })}
                aria-setsize=${rows.length} aria-posinset=${row + 1}>
                <span class="gutter" style=${pixels({ width: gutter })} aria-hidden="true">
                  ${pause && html`<small>${pause}</small>`}
                  ${isByTime
                    ? timeText(time, zone).slice(isNarrow ? 11 : 5, isNarrow ? 19 : 23)
                    : globalPosition}
                </span>
                ${count > 1
                  ? html`
                    <button type="button" ...${common}
                      aria-label=${`${many} of ${
                        visible(stream)
                      }, from ${globalPosition} on: show them`}
                      onClick=${() =>
                        adjust({
                          open: [params.open, exactPattern(stream)].filter(Boolean).join(),
                        })}><i class="mark" /> <span>${many}</span></button>
                  `
                  : html`
                    <a ...${common} data-position=${globalPosition}
                      href=${linkTo("trace", { ...params, event: globalPosition })}
                      title=${`${timeText(time, zone)} ${sentence}`}
                      aria-label=${isList ? undefined : sentence}
                      aria-current=${index === selected ? "true" : undefined}>
                      <i class="mark" />
                      <span>
                        ${isList && html`
                          <span class="hidden">${globalPosition} </span>
                          <small><bdi>${visible(stream)}</bdi> </small>
                        `}
                        <bdi>${visible(type)}</bdi>
                        ${isList && html`<small>${visible(linksText(trace, index))}</small>`}
                      </span>
                    </a>
                  `}
              </li>
            `;
          })}
        </ol>
      </div>
    </div>
  `;
}

/**
 * @param {Record<string, number | string | undefined>} lengths
 * @returns {Record<string, string>} As styles.
 */
function pixels(lengths) {
  return Object.fromEntries(
    Object.entries(lengths).map(([name, length]) => [
      name,
      typeof length === "number" ? `${length}px` : length ?? "",
    ]),
  );
}
