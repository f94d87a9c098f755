// @ts-check
/// <reference lib="dom" />
/**
 * The trace: what happened across the streams that are related, and why.
 *
 * @module
 */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { ServerError } from "../api/problem.js";
import { eventsShownMax, readRelated } from "../api/related.js";
import { html } from "../html.js";
import { Problem } from "../parts/problem.js";
import { Chart, zoomBy } from "../parts/trace/chart.js";
import { traceOf } from "../parts/trace/model.js";
import { Options } from "../parts/trace/options.js";
import { adjust, linkTo } from "../state/address.js";
import { announce } from "../state/announce.js";
import { useLoad } from "../state/load.js";
import { currentNamespace } from "../state/session.js";
import { counted, countText } from "../text/numbers.js";
import { exactPattern, namesIn, patternsIn } from "../text/patterns.js";
import { visible } from "../text/visible.js";

/** Below this width lanes are too narrow for their labels, in pixels. */
const narrowPx = 600;

/** More lanes than this are a list, unless they are asked for: most would be out of sight. */
const lanesMax = 40;

/** @param {{params: Readonly<Record<string, string>>}} props */
export function Trace({ params }) {
  const ref = useRef(/** @type {HTMLElement | null} */ (null));
  const [isNarrow, setNarrow] = useState(false);
  useLayoutEffect(() => {
    const section = ref.current;
    if (section === null) return;
    const observer = new ResizeObserver(() => setNarrow(section.clientWidth < narrowPx));
    observer.observe(section);
    return () => observer.disconnect();
  }, []);
  return html`<section class="trace" aria-labelledby="trace-title" ref=${ref}>
    <h1 id="trace-title" class="hidden">Trace</h1>
    <${Options} params=${params} />
    ${
    params.stream === undefined
      ? html`<p class="empty">Name a stream: what is linked to it, by causes and correlation, is shown
          as lanes, one a stream, with what led to what.</p>`
      : html`<${Found} params=${params} isNarrow=${isNarrow} />`
  }
  </section>`;
}

/**
 * @param {Readonly<Record<string, string>>} params
 * @returns {import("../api/related.js").Selection}
 */
function selectionOf({ stream, direction, depth, stopAt, exclude, link, eventsMax }) {
  const some = (/** @type {string[]} */ list) => list.length === 0 ? undefined : list;
  return {
    relatedTo: patternsIn(stream),
    direction,
    depth: depth === undefined ? undefined : Number(depth),
    eventsMax: eventsMax === undefined ? undefined : Number(eventsMax),
    stopAt: some(namesIn(stopAt)),
    excludeCategories: some(namesIn(exclude)),
    links: some(namesIn(link)),
  };
}

/** @param {{params: Readonly<Record<string, string>>, isNarrow: boolean}} props */
function Found({ params, isNarrow }) {
  const selection = selectionOf(params);
  const given = params.from && Number(params.from) || undefined;
  const [progress, setProgress] = useState(/** @type {readonly [number, number] | null} */ (null));
  const cancelled = useRef(/** @type {AbortController | null} */ (null));
  const [isCancelled, setCancelled] = useState(false);
  const { value, error, isLoading, reload } = useLoad(async (signal) => {
    cancelled.current = new AbortController();
    setCancelled(false);
    setProgress(null);
    const found = await readRelated(selection, {
      from: given,
      around: Number(params.event) || undefined,
      signal: AbortSignal.any([signal, cancelled.current.signal]),
      onProgress: (events, count) => setProgress([events, count]),
    });
    announce(`${counted(found.count, "event")} in ${counted(found.streamCount, "stream")}`);
    return found;
  }, [currentNamespace(), JSON.stringify(selection), given]);
  const trace = useMemo(() => value && traceOf(value.events), [value]);
  if (isCancelled) {
    return html`<p class="empty">Cancelled. <button type="button" onClick=${reload}>Try again</button></p>`;
  }
  if (isLoading) {
    return html`<${Progress} progress=${progress} onCancel=${() => {
      cancelled.current?.abort();
      setCancelled(true);
    }} />`;
  }
  if (error !== undefined) {
    return html`<${Refused} error=${error} params=${params} onRetry=${reload} />`;
  }
  if (value === undefined || trace === undefined) return null;
  const { from, events, count, streamCount, isCut } = value;
  const isList = params.as === undefined
    ? isNarrow || trace.lanes.length > lanesMax
    : params.as === "list";
  const last = events.at(-1)?.globalPosition ?? 0;
  return html`
    <div class="trace-bar">
      <p><b>${counted(count, "event")}</b> in ${counted(streamCount, "stream")}</p>
      <${Choice} label="Show as" name="as" value=${isList ? "list" : "lanes"}
        choices=${{ lanes: "Lanes", list: "List" }} />
      <${Choice} label="Axis" name="axis" value=${params.axis === "time" ? "time" : "position"}
        choices=${{ position: "Position", time: "Time" }} />
      ${!isList && html`<span class="switch" role="group" aria-label="Zoom">
        ${
        [-1, 1].map((by) =>
          html`
            <button key=${by} type="button" aria-label=${by < 0 ? "Smaller" : "Larger"}
              onClick=${() => adjust({ zoom: zoomBy(params, by) }, { replace: true })}>${by < 0
                ? "−"
                : "+"}</button>
          `
        )
      }
      </span>`}
      <a href=${exportLink(params)}>Export these events</a>
    </div>
    ${(isCut || from > 1) && html`<p class="trace-note" role="note">
      <span>${isCut ? `Only ${countText(events.length)} of them are shown` : "They are shown"} from
        position ${countText(events[0]?.globalPosition ?? from)} on.</span>
      ${
      isCut &&
      html`<a href=${linkTo("trace", { ...params, from: last + 1 })}>Show the next ones</a>`
    }
      ${
      from > 1 && html`<a href=${linkTo("trace", { ...params, from: 1 })}>Show the first ones</a>`
    }
      ${
      isCut &&
      html`<${Narrow} params=${params} categories=${largest(events, selection.relatedTo)} />`
    }
    </p>`}
    ${events.length === 0
      ? html`<p class="empty">No event is there.</p>`
      : html`<${Chart} trace=${trace} params=${params} isList=${isList} isNarrow=${isNarrow} />`}
  `;
}

/** @param {{label: string, name: string, value: string, choices: Readonly<Record<string, string>>}} props */
function Choice({ label, name, value, choices }) {
  return html`<span class="switch" role="group" aria-label=${label}>
    ${
    Object.entries(choices).map(([choice, text]) =>
      html`
        <button key=${choice} type="button" aria-pressed=${choice === value}
          onClick=${() => adjust({ [name]: choice }, { replace: true })}>${text}</button>
      `
    )
  }
  </span>`;
}

/** @param {{progress: readonly [number, number] | null, onCancel: () => void}} props */
function Progress({ progress, onCancel }) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  const shown = Math.min(progress?.[1] ?? 0, eventsShownMax);
  return html`<div class="empty">
    <p>${
    progress === null
      ? "Following links…"
      : `Reading events: ${countText(progress[0])} of ${countText(shown)}`
  }
      ${seconds > 1 && ` ${seconds} s`}</p>
    ${
    progress === null && seconds > 4 &&
    html`<p>The first time in a namespace, an index of its links is made: one to three times as long as exporting it takes.</p>`
  }
    <button type="button" onClick=${onCancel}>Cancel</button>
  </div>`;
}

/** @param {{error: unknown, params: Readonly<Record<string, string>>, onRetry: () => void}} props */
function Refused({ error, params, onRetry }) {
  const stopAt = error instanceof ServerError ? error.details.stopAt : undefined;
  return html`<${Problem} error=${error} onRetry=${onRetry} />
    ${
    Array.isArray(stopAt) && html`
      <p class="trace-note">
        <${Narrow} params=${params} categories=${stopAt.map(String)} />
      </p>
    `
  }`;
}

/** @param {{params: Readonly<Record<string, string>>, categories: readonly string[]}} props */
function Narrow({ params, categories }) {
  /** @param {string} name @param {string} category */
  const added = (name, category) =>
    linkTo("trace", {
      ...params,
      from: null,
      [name]: [params[name], exactPattern(category)].filter(Boolean).join(","),
    });
  return html`
    ${categories.map((category) =>
      html`<span key=${category}>
      ${visible(category)}: <a href=${added("stopAt", category)}>stop there</a> or <a
        href=${added("exclude", category)}>leave it out</a>
    </span>`
    )}
    <a href=${linkTo("trace", { ...params, from: null, depth: 1 })}>Follow one link only</a>
  `;
}

/**
 * @param {readonly import("../api/related.js").TraceEvent[]} events
 * @param {readonly string[]} roots Where the trace begins: their categories cannot be left out.
 * @returns {string[]} The categories with the most of them.
 */
function largest(events, roots) {
  const categoryOf = (/** @type {string} */ stream) => stream.split("-", 1)[0] ?? stream;
  const named = roots.map(categoryOf);
  const counts = new Map();
  for (const { stream } of events) {
    const category = categoryOf(stream);
    if (!named.includes(category)) counts.set(category, (counts.get(category) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).slice(0, 3).map(([category]) => category);
}

/** @param {Readonly<Record<string, string>>} params */
function exportLink({ stream, direction, depth, stopAt, exclude, link }) {
  return linkTo("transfer", {
    relatedTo: stream,
    direction,
    depth,
    stopAt,
    excludeCategory: exclude,
    link,
  });
}
