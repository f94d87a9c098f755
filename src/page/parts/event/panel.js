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
import { EventLines } from "./lines.js";
import { Neighbours } from "./neighbours.js";
import { Payloads } from "./payloads.js";
import { Section } from "./section.js";

/**
 * @typedef {import("../../api/event.js").Event} Event
 * @typedef {import("../../api/event_reads.js").Beside} Beside
 */

function close() {
  adjust({ event: null });
}

/**
 * @param {{text: string, isAlone: boolean}} props `text`: the global position, as the address has it; `isAlone`: nothing
 * else can be seen.
 */
export function EventPanel({ text, isAlone }) {
  const namespace = currentNamespace();
  const shown = useLoad(async (signal) => {
    const position = /^\d+$/.test(text) ? Number(text) : NaN;
    const isPosition = Number.isSafeInteger(position);
    const event = isPosition ? await eventAt(position, signal) : undefined;
    return { asked: text, position, isPosition, event };
  }, [namespace, text]);
  const { asked, position = 0, isPosition, event } = shown.value ?? {};
  // What is around it may be large, too, and is not waited for.
  const around = useLoad(async (signal) => ({
    of: shown.value,
    beside: await (event ? neighboursOf(event, signal) : isPosition && nearest(position, signal)),
  }), [shown.value]);
  const isOfIt = around.value?.of === shown.value;
  const loaded = { ...around, value: isOfIt && around.value?.beside || undefined };
  const { before = [], after = [], version } = loaded.value ?? {};
  const { value: categories } = useLoad(async (signal) => {
    /** @type {{category: string}[]} */
    const all = await read("ns.categories", [], { signal });
    return new Set(all.map(({ category }) => category));
  }, [namespace]);
  const steps =
    /** @type {const} */ ([["p", "Previous", "↑", before.at(-1)], ["n", "Next", "↓", after[0]]])
      .map(([key, which, arrow, to]) => ({
        key,
        arrow,
        text: `${which} event of its stream`,
        isThere: to !== undefined,
        run: () => to && adjust({ event: to.globalPosition }),
      }));
  useKeys([{ key: "Escape", text: "Close the event", run: close }, ...steps], [loaded.value]);
  const title = useFocus();
  useEffect(() => {
    if (asked === undefined) return;
    announce(event ? `Event ${asked}: ${event.type}` : `No event ${asked}`);
    // A link that was followed has gone with the event that it was shown for.
    if (document.activeElement === document.body) title.current?.focus({ preventScroll: true });
  }, [shown.value]);
  return html`
    <aside class="event-panel" aria-labelledby="event-title" aria-busy=${asked !== text}>
      ${isAlone && html`<h1 class="hidden">Event ${text}</h1>`}
      <header>
        <h2 id="event-title" tabindex="-1" ref=${title}>
          ${event ? html`<${Visible} text=${event.type} />` : `Event ${text}`}
        </h2>
        ${steps.map(({ key, arrow, text, isThere, run }) =>
          html`
            <button type="button" class="quiet" disabled=${!isThere} title=${`${text} (${key})`}
              aria-label=${text} onClick=${run}>${arrow}</button>
          `
        )}
        <button type="button" class="quiet" aria-label="Close the event" title="Close (Esc)"
          onClick=${close}>✕</button>
      </header>
      <div class="event-body">
        ${shown.error !== undefined
          ? html`<${Problem} error=${shown.error} onRetry=${shown.reload} />`
          : asked === undefined
          ? html`<p class="loading">Loading…</p>`
          : event
          ? html`
            <div key=${event.globalPosition}>
              <${Head} event=${event} version=${version} />
              <${Copy} event=${event} />
              <${Payloads} event=${event} categories=${categories} />
              <${Causes} event=${event} />
              <${Effects} event=${event} />
              <${Section} title="In its stream" loaded=${loaded}>
                ${(/** @type {Beside} */ beside) =>
                  html`<${Neighbours} event=${event} ...${beside} />`}
              <//>
              ${before.length > 0 &&
                html`<${Differences} event=${event} previous=${before.at(-1)} />`}
            </div>
          `
          : isPosition
          ? html`
            <p class="empty">There is no event at global position ${asked} in this copy.</p>
            <${Section} title="Nearest events" loaded=${loaded}>
              ${() =>
                before.length + after.length > 0
                  ? html`<${EventLines} events=${[...before, ...after]} />`
                  : html`<p class="note">This namespace has no events.</p>`}
            <//>
          `
          : html`<p class="empty"><q><${Visible} text=${asked} /></q> is no global position.</p>`}
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
