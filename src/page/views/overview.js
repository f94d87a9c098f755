// @ts-check
/// <reference lib="dom" />
/**
 * The categories of the namespace, with their counts.
 *
 * @module
 */

import { read } from "../api/server.js";
import { html } from "../html.js";
import { Problem } from "../parts/problem.js";
import { Time } from "../parts/time.js";
import { linkTo } from "../state/address.js";
import { useLoad } from "../state/load.js";
import { currentNamespace } from "../state/session.js";
import { counted, countText } from "../text/numbers.js";

/**
 * @typedef {{category: string, streamCount: number, messageCount: number}} Category
 * @typedef {{messageCount: number, streamCount: number, globalPosition: number, lastActivity: string | null,
 * description: string}} Info
 */

export function Overview() {
  const namespace = currentNamespace();
  const { value, error, reload } = useLoad(async (signal) => {
    const [info, categories] = await Promise.all([
      /** @type {Promise<Info>} */ (read("ns.info", [namespace], { signal })),
      /** @type {Promise<Category[]>} */ (read("ns.categories", [], { signal })),
    ]);
    return { info, categories };
  }, [namespace]);
  if (error !== undefined) return html`<${Problem} error=${error} onRetry=${reload} />`;
  if (value === undefined) return html`<p class="loading">Loading…</p>`;
  const { info, categories } = value;
  return html`<section class="overview" aria-labelledby="overview-title">
    <h1 id="overview-title">${namespace}</h1>
    ${info.description && html`<p>${info.description}</p>`}
    <p class="facts">
      <span>${counted(info.messageCount, "event")}</span>
      <span>${counted(info.streamCount, "stream")}</span>
      <span>last position ${countText(info.globalPosition)}</span>
      ${info.lastActivity && html`<span>last event <${Time} time=${info.lastActivity} /></span>`}
    </p>
    ${
    categories.length === 0 ? html`<p class="empty">This namespace has no events yet.</p>` : html`
      <table class="categories">
        <thead>
          <tr>
            <th scope="col">Category</th>
            <th scope="col" class="number">Streams</th>
            <th scope="col" class="number">Events</th>
          </tr>
        </thead>
        <tbody>${categories.map(({ category, streamCount, messageCount }) =>
          html`
            <tr key=${category}>
              <th scope="row"><a href=${linkTo("events", { category })}>${category}</a></th>
              <td class="number">${countText(streamCount)}</td>
              <td class="number">${countText(messageCount)}</td>
            </tr>
          `
        )}</tbody>
      </table>
    `
  }
  </section>`;
}
