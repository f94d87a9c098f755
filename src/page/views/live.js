// @ts-check
/// <reference lib="dom" />
/**
 * What is written and imported, as it comes; the newest at the end.
 *
 * @module
 */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Live as LiveEvents } from "../api/live.js";
import { html } from "../html.js";
import { EventFilters } from "../parts/event_filters.js";
import { Problem } from "../parts/problem.js";
import { Time } from "../parts/time.js";
import { adjust, linkTo } from "../state/address.js";
import { announce } from "../state/announce.js";
import { useKeys } from "../state/keys.js";
import { useMedia } from "../state/media.js";
import { currentNamespace } from "../state/session.js";
import { useValue } from "../state/value.js";
import { counted } from "../text/numbers.js";
import { namesIn } from "../text/patterns.js";
import { visible } from "../text/visible.js";
import { wantedBy } from "./events.js";

/** Pixels from the end that still are the end. */
const endMargin = 12;

/** @type {readonly import("../parts/event_filters.js").FilterName[]} */
const filterNames = ["category", "stream", "type", "text"];

/** How often new events are announced at most, in milliseconds. */
const announceMs = 20_000;

/** @param {{params: Readonly<Record<string, string>>}} props */
export function Live({ params }) {
  const { category, stream, type, text } = params;
  const [attempt, setAttempt] = useState(0);
  const key = JSON.stringify([currentNamespace(), category, stream, type, text, attempt]);
  return html`
    <section class="events live" aria-label="Live">
      <h1 class="hidden">Live</h1>
      <${EventFilters} params=${params} names=${filterNames} />
      <${Tail} key=${key} params=${params} onRetry=${() => setAttempt(attempt + 1)} />
    </section>
  `;
}

/**
 * What the server tells of, and whether that is more than is wanted.
 *
 * @param {Readonly<Record<string, string>>} params
 */
function subjectOf({ category, stream, type, text }) {
  const isMore = Boolean(type || text);
  const [name = "", ...others] = namesIn(stream ?? category);
  const isPattern = stream !== undefined && /(?:^|[^\\])(?:\\\\)*\*/.test(stream);
  if (name === "") return { subject: {}, isFiltered: isMore };
  if (isPattern || others.length > 0) return { subject: {}, isFiltered: true };
  return stream === undefined
    ? { subject: { category: name }, isFiltered: isMore }
    : { subject: { stream: name }, isFiltered: isMore || category !== undefined };
}

/** @param {{params: Readonly<Record<string, string>>, onRetry: () => void}} props */
function Tail({ params, onRetry }) {
  const live = useMemo(() => {
    const { since: _since, until: _until, ...wanted } = wantedBy(params);
    const { subject, isFiltered } = subjectOf(params);
    return new LiveEvents(wanted, subject, isFiltered);
  }, []);
  useEffect(() => {
    void live.start();
    return () => live.end();
  }, []);
  const now = useValue(live.state);
  const [held, setHeld] = useState(/** @type {typeof now | null} */ (null));
  const shown = held ?? now;
  const isNew = now.count - shown.count;
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  // Whoever scrolls up wants to read; at the end again, it goes on.
  const isHeldByScroll = useRef(false);
  useLayoutEffect(() => {
    if (held === null) list.current?.scrollTo(0, list.current.scrollHeight);
  }, [shown.rows, held === null]);
  const hold = () => {
    if (held === null) setHeld(live.state.current);
  };
  const toggle = () => {
    isHeldByScroll.current = false;
    announce(held === null ? "Paused" : `Following. ${counted(isNew, "new event")}`);
    setHeld(held === null ? live.state.current : null);
  };
  const scroll = () => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = list.current ?? {};
    const isAtEnd = scrollHeight - scrollTop - clientHeight < endMargin;
    if (!isAtEnd && held === null) {
      isHeldByScroll.current = true;
      hold();
    } else if (isAtEnd && isHeldByScroll.current) {
      isHeldByScroll.current = false;
      setHeld(null);
    }
  };
  /** @param {number} by */
  const move = (by) => {
    const links = [...list.current?.querySelectorAll("a") ?? []];
    const at = links.indexOf(/** @type {HTMLAnchorElement} */ (document.activeElement));
    hold();
    links.at(at < 0 ? -1 : Math.max(0, Math.min(links.length - 1, at + by)))?.focus();
  };
  useKeys([
    { key: " ", text: "Pause, and go on", run: toggle },
    { key: "j", text: "Next event", run: () => move(1) },
    { key: "k", text: "Previous event", run: () => move(-1) },
  ], [held, isNew]);
  useCounts(now.count);
  // Lines are of two rows, as in the list of events.
  const isNarrow = useMedia("(max-width: 720px)");
  if (now.error !== undefined) return html`<${Problem} error=${now.error} onRetry=${onRetry} />`;
  const { rows, count, since } = shown;
  const { event: open, ...others } = params;
  const earlier = count -
    rows.filter(({ globalPosition }) => globalPosition >= (since ?? 0)).length;
  return html`
    <div class=${isNarrow
      ? "live-list narrow"
      : "live-list"} ref=${list} onScroll=${scroll} tabindex="0" role="region"
      aria-label="Newest events">
      ${since === null && html`<p class="loading">Loading…</p>`}
      ${earlier > 0 && html`<p class="note">
        ${counted(earlier, "earlier event")}:${" "}
        <a href=${linkTo("events", { ...others, at: since })}>show in Events</a>
      </p>`}
      ${since !== null && rows.length === 0 && html`
        <div class="empty">
          <p>Waiting for events. What is written or imported is shown here at once.</p>
        </div>
      `}
      <ol class="lines">${rows.map((row) =>
        html`
          <${Line} key=${row.globalPosition} row=${row} isOld=${row.globalPosition < (since ?? 0)}
            isOpen=${open === String(row.globalPosition)}
            link=${linkTo("live", { ...others, event: row.globalPosition })} />
        `
      )}</ol>
    </div>
    <div class="list-status">
      <span class=${`live-light ${held !== null ? "held" : now.isConnected ? "on" : "off"}`}
        aria-hidden="true"></span>
      <span>${held !== null ? "Paused" : now.isConnected ? "Following" : "Connecting…"}</span>
      <span>${counted(count, "new event")}</span>
      ${now.late !== null && html`<span>
        ${counted(now.late.count, "event")} came in at earlier positions:${" "}
        <a href=${linkTo("events", { ...others, at: now.late.from })}>show in Events</a>
      </span>`}
      ${now.isReplaced && html`<span>The namespace was replaced: it has other events now.</span>`}
      <button type="button" class=${isNew > 0 ? "primary" : ""} title="Pause, and go on (space)"
        onClick=${toggle}>
        ${held === null ? "Pause" : isNew > 0 ? `Go on: ${counted(isNew, "new event")}` : "Go on"}
      </button>
    </div>
  `;
}

/** @param {{row: import("../api/live.js").Row, isOld: boolean, isOpen: boolean, link: string}} props */
function Line({ row: { globalPosition, time, stream, type, data }, isOld, isOpen, link }) {
  /** @param {MouseEvent} event */
  const click = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || getSelection()?.type === "Range") {
      return;
    }
    event.preventDefault();
    adjust({ event: globalPosition });
  };
  return html`
    <li class=${`event${isOld ? " old" : ""}`} aria-current=${isOpen} onClick=${click}>
      <span class="at"><a href=${link} tabindex="-1">${globalPosition}</a></span>
      <span class="when"><${Time} time=${time} /></span>
      <span class="where" title=${visible(stream)}><bdi>${visible(stream)}</bdi></span>
      <span class="what" title=${visible(type)}><bdi>${visible(type)}</bdi></span>
      <span class="data"><bdi>${visible(data)}</bdi></span>
    </li>
  `;
}

/** Says now and then how many events there are. @param {number} count */
function useCounts(count) {
  const said = useRef(0);
  const latest = useRef(count);
  latest.current = count;
  useEffect(() => {
    const timer = setInterval(() => {
      if (latest.current > said.current) {
        announce(counted(latest.current - said.current, "new event"));
      }
      said.current = latest.current;
    }, announceMs);
    return () => clearInterval(timer);
  }, []);
}
