// @ts-check
/// <reference lib="dom" />
/**
 * The event that the address names, beside whatever is shown, or over it where there is no space.
 *
 * @module
 */

import { useEffect, useRef } from "preact/hooks";
import { eventAt, nearest, neighboursOf } from "../../api/event_reads.js";
import { read } from "../../api/server.js";
import { html } from "../../html.js";
import { adjust } from "../../state/address.js";
import { announce } from "../../state/announce.js";
import { useKeys } from "../../state/keys.js";
import { useLoad } from "../../state/load.js";
import { currentNamespace } from "../../state/session.js";
import { Problem } from "../problem.js";
import { Visible } from "../visible.js";
import { Causes } from "./causes.js";
import { Copy } from "./copy.js";
import { Differences } from "./differences.js";
import { Effects } from "./effects.js";
import { Head } from "./head.js";
import { EventLine, Neighbours } from "./neighbours.js";
import { Payloads } from "./payloads.js";

/** @typedef {import("../../api/event.js").Event} Event */

/** @type {ReadonlySet<string>} */
const noCategories = new Set();

/** @type {import("../../api/event_reads.js").Beside} */
const nothing = { before: [], after: [], version: null };

/** Closes the panel. */
function close() {
  adjust({ event: null });
}

/** @param {Event | undefined} event */
function open(event) {
  if (event) adjust({ event: event.globalPosition });
}

/**
 * @param {{text: string, isAlone: boolean}} props `text`: the global position, as the address has it; `isAlone`: nothing
 * else can be seen.
 */
export function EventPanel({ text, isAlone }) {
  const namespace = currentNamespace();
  const globalPosition = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  const { value, error, reload } = useLoad(async (signal) => {
    const isPosition = Number.isSafeInteger(globalPosition);
    return { asked: text, event: isPosition ? await eventAt(globalPosition, signal) : undefined };
  }, [namespace, text]);
  // What is around it may be large, too, and is not waited for.
  const around = useLoad(async (signal) => {
    if (value === undefined || Number.isNaN(globalPosition)) return { of: value, ...nothing };
    const { event } = value;
    const found = await (event ? neighboursOf(event, signal) : nearest(globalPosition, signal));
    return { of: value, ...found };
  }, [value]);
  const beside = value !== undefined && around.value?.of === value ? around.value : undefined;
  const { value: categories = noCategories } = useLoad(async (signal) => {
    /** @type {{category: string}[]} */
    const all = await read("ns.categories", [], { signal });
    return new Set(all.map(({ category }) => category));
  }, [namespace]);
  const event = value?.event;
  const previous = beside?.before.at(-1);
  const next = beside?.after[0];
  const title = useFocus();
  useKeys([
    { key: "Escape", text: "Close the event", run: close },
    { key: "p", text: "Previous event of its stream", run: () => open(previous) },
    { key: "n", text: "Next event of its stream", run: () => open(next) },
  ], [previous, next]);
  useEffect(() => {
    if (value === undefined) return;
    announce(event ? `Event ${value.asked}: ${event.type}` : `No event ${value.asked}`);
  }, [value]);
  return html`
    <aside class="event-panel" aria-labelledby="event-title" aria-busy=${value?.asked !== text}>
      ${isAlone && html`<h1 class="hidden">Event ${text}</h1>`}
      <header>
        <h2 id="event-title" tabindex="-1" ref=${title}>
          ${event ? html`<${Visible} text=${event.type} />` : `Event ${text}`}
        </h2>
        <button type="button" class="quiet" disabled=${!previous} title="Previous of its stream (p)"
          aria-label="Previous event of its stream" onClick=${() => open(previous)}>↑</button>
        <button type="button" class="quiet" disabled=${!next} title="Next of its stream (n)"
          aria-label="Next event of its stream" onClick=${() => open(next)}>↓</button>
        <button type="button" class="quiet" aria-label="Close the event" title="Close (Esc)"
          onClick=${close}>✕</button>
      </header>
      <div class="event-body">
        ${error !== undefined
          ? html`<${Problem} error=${error} onRetry=${reload} />`
          : value === undefined
          ? html`<p class="loading">Loading…</p>`
          : event
          ? html`
            <${Head} event=${event} version=${beside?.version ?? null} />
            <${Copy} event=${event} />
            <${Payloads} key=${event.globalPosition} event=${event} categories=${categories} />
            <${Causes} event=${event} />
            <${Effects} key=${`effects ${event.globalPosition}`} event=${event} />
            ${beside
              ? html`<${Neighbours} event=${event} ...${beside} />`
              : around.error === undefined && html`<p class="note">Loading its stream…</p>`}
            <${Differences} event=${event} previous=${previous} />
          `
          : html`<${Missing} text=${value.asked} beside=${beside} />`}
        ${around.error !== undefined &&
          html`<${Problem} error=${around.error} onRetry=${around.reload} />`}
      </div>
    </aside>
  `;
}

/**
 * Takes the focus while the panel is there, and gives it back.
 *
 * @returns {import("preact").RefObject<HTMLHeadingElement | null>}
 */
function useFocus() {
  const ref = useRef(/** @type {HTMLHeadingElement | null} */ (null));
  useEffect(() => {
    const before = document.activeElement;
    ref.current?.focus({ preventScroll: true });
    return () => {
      const isThere = before instanceof HTMLElement && before.isConnected &&
        before !== document.body;
      (isThere ? before : document.getElementById("main"))?.focus({ preventScroll: true });
    };
  }, []);
  return ref;
}

/** @param {{text: string, beside?: import("../../api/event_reads.js").Beside}} props */
function Missing({ text, beside }) {
  if (!/^\d{1,16}$/.test(text)) {
    return html`<p class="empty"><q><${Visible} text=${text} /></q> is no global position.</p>`;
  }
  const events = beside ? [...beside.before, ...beside.after] : [];
  return html`
    <p class="empty">There is no event at global position ${text} in this copy.</p>
    ${beside && html`
      <section aria-labelledby="event-nearest">
        <h3 id="event-nearest">Nearest events</h3>
        <ul class="event-lines">
          ${events.map((event) =>
            html`
              <li key=${event.globalPosition}>
                <${EventLine} event=${event} isOther />
              </li>
            `
          )}
        </ul>
        ${events.length === 0 && html`<p class="note">This namespace has no events.</p>`}
      </section>
    `}
  `;
}
