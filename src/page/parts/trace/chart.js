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
import { Time, useZone } from "../time.js";
import { Arrows } from "./arrows.js";
import { connected, linksText, placesOf, rowsOf, sentenceOf } from "./model.js";

/** How large things may be drawn, in percent. */
const zooms = [25, 50, 75, 100, 150, 200];

/** What is drawn above and below of what is in sight, in pixels. */
const marginPx = 300;

/**
 * @param {Readonly<Record<string, string>>} params
 * @param {number} by So many steps in or out.
 * @returns {number} The zoom after them.
 */
export function zoomBy({ zoom }, by) {
  const at = zooms.indexOf(Number(zoom));
  return zooms[Math.min(zooms.length - 1, Math.max(0, (at < 0 ? 3 : at) + by))] ?? 100;
}

/**
 * @param {{trace: import("./model.js").Trace, params: Readonly<Record<string, string>>, isList: boolean, isNarrow: boolean}} props
 */
export function Chart({ trace, params, isList, isNarrow }) {
  const { events, lanes, into, outOf } = trace;
  const zone = useZone();
  const scroller = useRef(/** @type {HTMLElement | null} */ (null));
  const [sight, setSight] = useState({ top: 0, left: 0, width: 0, height: 0 });
  const [active, setActive] = useState(0);
  const [pointed, setPointed] = useState(/** @type {number | null} */ (null));
  /** What has to happen once it is drawn again. */
  const next = useRef({ focus: false, row: -1, at: 0 });

  const selected = events.findIndex((event) => String(event.globalPosition) === params.event);
  const axis = params.axis === "time" ? "time" : "position";
  const scale = zoomBy(params, 0) / 100;
  const rowHeight = isList ? isNarrow ? 44 : 28 : 28 * scale;
  const gutter = axis === "time" ? isList && isNarrow ? 92 : 188 : isList ? 64 : 84;
  const laneWidth = isList ? Math.min(12, 96 / lanes.length) : Math.min(
    320 * scale,
    Math.max(120 * scale, (sight.width - gutter - 48) / lanes.length),
  );
  const { rows, rowOf } = useMemo(
    () => rowsOf(trace, { unfolded: namesIn(params.open), keep: selected, axis }),
    [trace, params.open, selected, axis],
  );
  const { places, height } = useMemo(
    () => placesOf(trace, rows, { axis, rowHeight, gapHeight: isList ? 0 : 10 * scale }),
    [trace, rows, axis, rowHeight],
  );
  const lit = useMemo(
    () => selected < 0 ? null : connected(trace, selected),
    [trace, selected],
  );
  const yOf = (/** @type {number} */ row) => places[row]?.y ?? 0;
  const xOf = (/** @type {number} */ lane) => gutter + lane * laneWidth + 14;
  const rowAt = (/** @type {number} */ y) => {
    const found = places.findIndex((place) => place.y >= y);
    return found < 0 ? rows.length - 1 : found;
  };
  const current = Math.min(active, rows.length - 1);

  const measure = () => {
    const box = scroller.current;
    if (box === null) return;
    setSight({
      top: box.scrollTop,
      left: box.scrollLeft,
      width: box.clientWidth,
      height: box.clientHeight,
    });
  };
  useLayoutEffect(() => {
    const box = scroller.current;
    if (box === null) return;
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    const onWheel = (/** @type {WheelEvent} */ event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      zoom.current(event.deltaY < 0 ? 1 : -1, event.clientY - box.getBoundingClientRect().top);
    };
    box.addEventListener("wheel", onWheel, { passive: false });
    return () => {
      observer.disconnect();
      box.removeEventListener("wheel", onWheel);
    };
  }, []);

  /** The row at `y` stays where it is. */
  const zoom = useRef((/** @type {number} */ _by, /** @type {number} */ _y) => {});
  zoom.current = (by, y) => {
    const row = rowAt(sight.top + y);
    next.current = { focus: false, row, at: yOf(row) - sight.top };
    adjust({ zoom: by === 0 ? null : zoomBy(params, by) }, { replace: true });
  };
  useLayoutEffect(() => {
    const { row, at } = next.current;
    if (row >= 0 && scroller.current !== null) scroller.current.scrollTop = yOf(row) - at;
    next.current.row = -1;
  }, [rowHeight, axis]);

  /** @param {number} row */
  const show = (row) => {
    const box = scroller.current;
    const lane = rows[row]?.lane ?? 0;
    if (box === null) return;
    const [y, x] = [yOf(row), isList ? 0 : xOf(lane)];
    if (y < box.scrollTop + rowHeight || y > box.scrollTop + box.clientHeight - 3 * rowHeight) {
      box.scrollTop = y - box.clientHeight / 2;
    }
    const right = x + laneWidth - 14;
    if (x - gutter < box.scrollLeft || right > box.scrollLeft + box.clientWidth) {
      box.scrollLeft = right - Math.max(laneWidth, (box.clientWidth + gutter) / 2);
    }
  };
  /** @param {number | undefined} row */
  const moveTo = (row) => {
    if (row === undefined || rows[row] === undefined) return;
    next.current.focus = true;
    setActive(row);
    show(row);
    measure();
  };
  useEffect(() => {
    if (!next.current.focus) return;
    next.current.focus = false;
    const link = scroller.current?.querySelector(`[data-row="${current}"]`);
    if (link instanceof HTMLElement) link.focus({ preventScroll: true });
  });
  useEffect(() => {
    const row = rowOf[selected];
    if (row === undefined) return;
    setActive(row);
    if (sight.height > 0) show(row);
  }, [trace, selected, sight.height > 0]);

  const own = rows[current];
  /** @param {1 | -1} step */
  const alongLane = (step) => {
    for (let row = current + step; rows[row] !== undefined; row += step) {
      if (rows[row]?.lane === own?.lane) return moveTo(row);
    }
  };
  /** @param {1 | -1} step */
  const toLane = (step) => {
    const lane = (own?.lane ?? 0) + step;
    const inLane = [...rows.keys()].filter((row) => rows[row]?.lane === lane);
    inLane.sort((a, b) => Math.abs(a - current) - Math.abs(b - current));
    moveTo(inLane[0]);
  };
  /** @param {number | undefined} event @param {string} absent */
  const follow = (event, absent) => {
    if (event === undefined) announce(absent);
    else moveTo(rowOf[event]);
  };
  const within = ".trace-rows";
  const isFolded = (own?.folded ?? 0) > 0;
  useKeys([
    { key: "j", text: "Next event", run: () => moveTo(current + 1) },
    { key: "k", text: "Event before", run: () => moveTo(current - 1) },
    { key: "ArrowDown", text: "Along the lane", within, run: () => alongLane(1) },
    { key: "ArrowUp", text: "Along the lane", within, run: () => alongLane(-1) },
    { key: "ArrowRight", text: "To the next lane", within, run: () => toLane(1) },
    { key: "ArrowLeft", text: "To the next lane", within, run: () => toLane(-1) },
    {
      key: "c",
      text: "To the cause",
      run: () => {
        const cause = into[own?.event ?? -1]?.find(({ from }) => from >= 0);
        follow(isFolded ? undefined : cause?.from, "No cause of it is here");
      },
    },
    {
      key: "e",
      text: "To the first effect",
      run: () => {
        const effects = outOf[own?.event ?? -1] ?? [];
        const effect = effects.find(({ kind }) => kind === "cause") ?? effects[0];
        follow(isFolded ? undefined : effect?.to, "No effect of it is here");
      },
    },
    { key: "+", text: "Larger", run: () => zoom.current(1, sight.height / 2) },
    { key: "-", text: "Smaller", run: () => zoom.current(-1, sight.height / 2) },
    { key: "0", text: "As large as at first", run: () => zoom.current(0, sight.height / 2) },
  ], [trace, rows, places, current, params, sight.height]);

  const [above, below] = [sight.top - marginPx, sight.top + sight.height + marginPx];
  const first = rowAt(above);
  const shown = [];
  for (let row = first; row < rows.length && yOf(row) < below; row++) shown.push(row);
  // The one that has the focus stays, wherever it is.
  if (!shown.includes(current) && rows[current] !== undefined) shown.push(current);
  const firstLane = isList ? 0 : Math.max(0, Math.floor((sight.left - marginPx) / laneWidth));
  const laneEnd = isList ? 0 : Math.min(
    lanes.length,
    Math.ceil((sight.left + sight.width + marginPx) / laneWidth),
  );
  const width = isList ? undefined : gutter + lanes.length * laneWidth;
  const told = pointed ?? (selected < 0 ? own?.event : selected);

  /** Drags what is seen, where nothing else is under the pointer. @param {PointerEvent} down */
  const pan = (down) => {
    const box = scroller.current;
    if (box === null || down.button !== 0 || down.pointerType !== "mouse") return;
    if (down.target instanceof Element && down.target.closest("a, button") !== null) return;
    const { scrollLeft, scrollTop } = box;
    const onMove = (/** @type {PointerEvent} */ move) => {
      box.scrollTo(
        scrollLeft + down.clientX - move.clientX,
        scrollTop + down.clientY - move.clientY,
      );
    };
    addEventListener("pointermove", onMove);
    addEventListener("pointerup", () => removeEventListener("pointermove", onMove), { once: true });
  };

  return html`
    <div class=${`trace-scroll ${isList ? isNarrow ? "as-list narrow" : "as-list" : ""} ${
      scale < 0.75 ? "small" : ""
    }`}
      ref=${scroller} onScroll=${measure} onPointerDown=${pan}>
      ${!isList && html`<div class="trace-heads" style=${pixels({ width })}>
        <span class="gutter" style=${pixels({ width: gutter })}>${
        axis === "time" ? "Time" : "Position"
      }</span>
        ${
        lanes.slice(firstLane, laneEnd).map(({ stream, events: own }, at) =>
          html`
            <span key=${stream} class=${`head lane-${(firstLane + at) % 6}`}
              style=${pixels({ left: gutter + (firstLane + at) * laneWidth, width: laneWidth })}>
              <a href=${linkTo("events", { stream: exactPattern(stream) })}
                title=${`${stream}: ${own.length}`}><bdi>${visible(stream)}</bdi></a>
            </span>
          `
        )
      }
      </div>`}
      <div class="trace-canvas" style=${pixels({ width, height })}>
        ${!isList && html`
          <${Arrows} trace=${trace} rows=${rows} rowOf=${rowOf} lit=${lit} yOf=${yOf}
            xOf=${xOf}
            rowHeight=${rowHeight} width=${width} above=${above} below=${below}
            firstLane=${firstLane} laneEnd=${laneEnd} />
        `}
        <div class="gutter behind" style=${pixels({ width: gutter })} />
        <ol class="trace-rows" aria-label="Events">
          ${shown.map((row) => {
            const { event: index = 0, lane = 0, folded = 0 } = rows[row] ?? {};
            const event = events[index];
            if (event === undefined) return null;
            const { y, gap } = places[row] ?? { y: 0, gap: "" };
            const left = isList ? gutter + lane * laneWidth : xOf(lane) - 9;
            const focus = {
              "data-row": row,
              tabIndex: row === current ? 0 : -1,
              style: pixels({ left, maxWidth: `calc(100% - ${left}px)` }),
              onFocus: () => setActive(row),
            };
            const state = `lane-${lane % 6}${lit?.events.has(index) ? " lit" : lit ? " dim" : ""}`;
            return html`
              <li key=${index} style=${pixels({ top: y - rowHeight / 2, height: rowHeight })}
                aria-setsize=${rows.length} aria-posinset=${row + 1}>
                <span class="gutter" style=${pixels({ width: gutter })} aria-hidden="true">
                  ${gap &&
                    html`<small title=${
                      axis === "time" ? `${gap} later` : `${gap}: not in this trace`
                    }>
                    ${axis === "time" ? gap : "⋮"}
                  </small>`}
                  ${axis === "time"
                    ? timeText(event.time, zone).slice(isNarrow ? 11 : 5, isNarrow ? 19 : 23)
                    : event.globalPosition}
                </span>
                ${folded > 0
                  ? html`
                    <button type="button" class=${`folded ${state}`} ...${focus}
                      aria-label=${visible(
                        `${
                          countText(folded)
                        } events… of ${event.stream}, from ${event.globalPosition} on: show them`,
                      )}
                      onClick=${() =>
                        adjust({
                          open: [params.open, exactPattern(event.stream)].filter(Boolean).join(","),
                        })}>
                                        <i class="mark" /> <span>${countText(folded)} events…</span>
                                      </button>
                  `
                  : html`
                    <a class=${`event ${state}`} ...${focus}
                      href=${linkTo("trace", { ...params, event: event.globalPosition })}
                      aria-label=${isList
                        ? undefined
                        : visible(sentenceOf(trace, index))} data-position=${event
                        .globalPosition}
                      aria-current=${index === selected ? "true" : undefined}
                      onMouseEnter=${() => setPointed(index)} onMouseLeave=${() =>
                        setPointed(null)}>
                      <i class="mark" />
                      <span>
                        ${isList && html`
                          <span class="hidden">${event.globalPosition} </span>
                          <small><bdi>${visible(event.stream)}</bdi> </small>
                        `}
                        <bdi>${visible(event.type)}</bdi>
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
    <p class="trace-told" aria-hidden="true">
      ${events[told ?? -1] !== undefined && html`
        <${Time} time=${events[told ?? 0]?.time} /> <bdi>${visible(
          sentenceOf(trace, told ?? 0),
        )}</bdi>
      `}
    </p>
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
