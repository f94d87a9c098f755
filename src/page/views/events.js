// @ts-check
/// <reference lib="dom" />
/**
 * Events, oldest first.
 *
 * @module
 */

import { read } from "../api/server.js";
import { html } from "../html.js";
import { clearFilters, EventFilters } from "../parts/event_filters.js";
import { EventList } from "../parts/event_list/list.js";
import { Problem } from "../parts/problem.js";
import { useLoad } from "../state/load.js";
import { currentNamespace } from "../state/session.js";
import { namesIn, patternsIn } from "../text/patterns.js";

/** @typedef {import("../parts/event_list/model.js").Info} Info */

/** @param {{params: Readonly<Record<string, string>>}} props */
export function Events({ params }) {
  const namespace = currentNamespace();
  const { value: info, error, reload } = useLoad(
    (signal) => /** @type {Promise<Info>} */ (read("ns.info", [namespace], { signal })),
    [namespace],
  );
  const wanted = wantedBy(params);
  const none = Object.keys(wanted).length > 0
    ? html`
      <p>No event is like this.</p>
      <p>Names are exact, but for <code>*</code>, which stands for any text; text is looked for in
        payloads, metadata and names.</p>
      <button type="button" onClick=${clearFilters}>Show all events</button>
    `
    : html`
      <p>This namespace has no events yet. Import some:</p>
      <p><code>eventodb import --url ${new URL(".", document.baseURI).origin} FILE</code></p>
    `;
  return html`
    <section class="events" aria-labelledby="events-title">
      <h1 id="events-title" class="hidden">Events</h1>
      <${EventFilters} params=${params} />
      ${error !== undefined && html`<${Problem} error=${error} onRetry=${reload} />`}
      ${info === undefined ? error === undefined && html`<p class="loading">Loading…</p>` : html`
        <${EventList} key=${JSON.stringify([namespace, wanted])} wanted=${wanted}
          info=${info} params=${params} none=${html`<div class="empty">${none}</div>`} />
      `}
    </section>
  `;
}

/**
 * @param {Readonly<Record<string, string>>} params
 * @returns {import("../api/search.js").Wanted}
 */
export function wantedBy({ category, stream, type, text, since, until }) {
  const wanted = {
    categories: category && namesIn(category),
    streams: stream && patternsIn(stream),
    types: type && patternsIn(type),
    text,
    since,
    until,
  };
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value));
}
