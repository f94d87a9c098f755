// @ts-check
/// <reference lib="dom" />
/**
 * Consumers that keep their position in the store, and how far behind they are.
 *
 * @module
 */

import { behindMax, consumersMax, readBehind, readConsumers } from "../api/consumers.js";
import { read } from "../api/server.js";
import { html } from "../html.js";
import { Problem } from "../parts/problem.js";
import { Time } from "../parts/time.js";
import { linkTo } from "../state/address.js";
import { useLoad } from "../state/load.js";
import { currentNamespace } from "../state/session.js";
import { exactPattern } from "../text/patterns.js";
import { counted, countText } from "../text/numbers.js";

export function Consumers() {
  const namespace = currentNamespace();
  const { value, error, isLoading, reload } = useLoad(async (signal) => {
    const [{ globalPosition }, found] = await Promise.all([
      /** @type {Promise<{globalPosition: number}>} */ (read("ns.info", [namespace], { signal })),
      readConsumers(signal),
    ]);
    return { globalPosition, ...found };
  }, [namespace]);
  if (error !== undefined) return html`<${Problem} error=${error} onRetry=${reload} />`;
  if (value === undefined) return html`<p class="loading">Loading…</p>`;
  const { consumers, isWhole, globalPosition } = value;
  return html`<section class="overview">
    <div class="title">
      <h1 id="consumers-title">Consumers</h1>
      <button type="button" disabled=${isLoading} onClick=${reload}>Refresh</button>
    </div>
    ${
    consumers.length === 0
      ? html`
        <div class="empty">
          <p>No consumer keeps its position in this namespace, as the last event of a stream such as
            <code>workflow:position-billing</code>. Those that keep it elsewhere are not seen here.</p>
        </div>
      `
      : html`
        <div class="scroll" tabindex="0" role="region" aria-labelledby="consumers-title">
          <table class="categories">
            <thead>
              <tr>
                <th scope="col">Consumer</th>
                <th scope="col">Reads</th>
                <th scope="col" class="number">Position</th>
                <th scope="col">Behind</th>
                <th scope="col">Recorded</th>
              </tr>
            </thead>
            <tbody>${consumers.map((consumer) =>
              html`<${Row} key=${consumer.stream} ...${{ consumer, globalPosition }} />`
            )}</tbody>
          </table>
        </div>
      `
  }
    ${!isWhole && html`<p class="note">Only the first ${countText(consumersMax)} are shown.</p>`}
  </section>`;
}

/**
 * @param {{consumer: import("../api/consumers.js").Consumer, globalPosition: number}} props
 */
function Row({ consumer, globalPosition }) {
  const { stream, name, category, position, time } = consumer;
  return html`
    <tr>
      <th scope="row"><a href=${linkTo("events", {
        stream: exactPattern(stream),
      })}><bdi>${name}</bdi></a></th>
      <td><a href=${linkTo("events", {
        category: exactPattern(category),
      })}><bdi>${category}</bdi></a></td>
      <td class="number">${position === null
        ? "none"
        : html`<a href=${linkTo("events", { at: position, event: position })}>${
          countText(position)
        }</a>`}</td>
      <td>${position === null
        ? html`<span class="warn">its last event holds no position</span>`
        : position > globalPosition
        ? html`<span class="warn">ahead of the namespace, which ends at ${
          countText(globalPosition)
        }</span>`
        : html`<${Behind} key=${position} consumer=${{ ...consumer, position }} />`}</td>
      <td>
        <${Time} time=${time} />
      </td>
    </tr>
  `;
}

/** @param {{consumer: import("../api/consumers.js").Consumer & {position: number}}} props */
function Behind({ consumer }) {
  const { value, error } = useLoad((signal) => readBehind(consumer, signal), [consumer.position]);
  if (error !== undefined) return html`<span class="warn">unknown</span>`;
  if (value === undefined) return html`<span class="note">…</span>`;
  if (value.next === null) return html`<span class="good">up to date</span>`;
  const { globalPosition } = value.next;
  const count = value.isExact
    ? counted(value.count, "event")
    : `over ${countText(Math.min(value.count, behindMax))} events`;
  return html`<a href=${
    linkTo("events", {
      category: exactPattern(consumer.category),
      at: globalPosition,
      event: globalPosition,
    })
  }>${count}</a>`;
}
