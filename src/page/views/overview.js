// @ts-check
/// <reference lib="dom" />
/**
 * The categories of the namespace, with their counts.
 *
 * @module
 */

import { useState } from "preact/hooks";
import { read } from "../api/server.js";
import { html } from "../html.js";
import { Problem } from "../parts/problem.js";
import { Time } from "../parts/time.js";
import { linkTo } from "../state/address.js";
import { useLoad } from "../state/load.js";
import { currentNamespace } from "../state/session.js";
import { exactPattern } from "../text/patterns.js";
import { counted, countText } from "../text/numbers.js";

/**
 * @typedef {{category: string, streamCount: number, messageCount: number}} Category
 * @typedef {{messageCount: number, streamCount: number, globalPosition: number, lastActivity: string | null,
 * description: string}} Info
 */

/** Most categories that are shown at once. */
const shownMax = 500;

/** With more categories than this, there is a field to find one. */
const findFrom = 12;

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
  return html`<section class="overview">
    <h1><bdi>${namespace}</bdi></h1>
    ${info.description && html`<p><bdi>${info.description}</bdi></p>`}
    <dl class="facts">
      ${fact("Events", countText(info.messageCount))}
      ${fact("Streams", countText(info.streamCount))}
      ${fact("Last position", countText(info.globalPosition))}
      ${info.lastActivity && fact("Last event", html`<${Time} time=${info.lastActivity} />`)}
    </dl>
    ${
    categories.length === 0
      ? html`
        <div class="empty">
          <p>This namespace has no events yet.</p>
          <p>Drop a file of events here, or <a href=${linkTo(
            "transfer",
          )}>choose one to import</a>.</p>
        </div>
      `
      : html`<${Categories} categories=${categories} />`
  }
  </section>`;
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function fact(name, value) {
  return html`
    <div>
      <dt>${name}</dt>
      <dd>${value}</dd>
    </div>
  `;
}

/** @param {{categories: readonly Category[]}} props */
function Categories({ categories }) {
  const [wanted, setWanted] = useState("");
  const found = categories.filter(({ category }) =>
    category.toLowerCase().includes(wanted.toLowerCase())
  );
  const most = Math.max(...found.map(({ messageCount }) => messageCount));
  return html`
    ${categories.length > findFrom &&
      html`
        <input type="search" class="find" aria-label="Find a category" value=${wanted}
          placeholder=${`Find one of ${counted(categories.length, "category", "categories")}`}
          onInput=${(/** @type {Event & {currentTarget: HTMLInputElement}} */ event) =>
            setWanted(event.currentTarget.value)} />
      `}
        <table class="categories">
      <thead>
        <tr>
          <th scope="col">Category</th>
          <th scope="col" class="number">Streams</th>
          <th scope="col" class="number">Events</th>
          <td class="share"></td>
        </tr>
      </thead>
      <tbody>${found.slice(0, shownMax).map(({ category, streamCount, messageCount }) =>
        html`
          <tr key=${category}>
            <th scope="row"><a href=${linkTo("events", {
              category: exactPattern(category),
            })}><bdi>${category}</bdi></a></th>
            <td class="number">${countText(streamCount)}</td>
            <td class="number">${countText(messageCount)}</td>
            <td class="share">
              <div aria-hidden="true" style=${{ width: `${100 * messageCount / most}%` }}></div>
            </td>
          </tr>
        `
      )}</tbody>
    </table>
        ${found.length === 0 && html`<p class="empty">No category has this in its name.</p>`}
        ${found.length > shownMax &&
          html`<p class="note">The first ${countText(shownMax)} of ${
            countText(found.length)
          } are shown.</p>`}
  `;
}
