// @ts-check
/// <reference lib="dom" />
/**
 * Events, oldest first.
 *
 * @module
 */

import { eventOfMessage } from "../api/event.js";
import { readText } from "../api/server.js";
import { html } from "../html.js";
import { Problem } from "../parts/problem.js";
import { Time } from "../parts/time.js";
import { linkTo } from "../state/address.js";
import { useLoad } from "../state/load.js";
import { currentNamespace } from "../state/session.js";
import { elementsOf } from "../text/raw_json.js";

/** @param {{params: Readonly<Record<string, string>>}} props */
export function Events({ params }) {
  const { category = "", at = "1" } = params;
  const { value, error, reload } = useLoad(async (signal) => {
    const query = { position: Number(at), batchSize: 100 };
    const text = await readText("category.get", [category, query], { signal });
    return elementsOf(text).map(eventOfMessage);
  }, [currentNamespace(), category, at]);
  if (error !== undefined) return html`<${Problem} error=${error} onRetry=${reload} />`;
  if (value === undefined) return html`<p class="loading">Loading…</p>`;
  return html`<section aria-label="Events">
    ${
    value.map((event) =>
      html`<p key=${event.globalPosition}>
        <a href=${linkTo("events", { ...params, event: event.globalPosition })}>
          ${event.globalPosition}
        </a> <${Time} time=${event.time} /> ${event.stream} ${event.type}
      </p>`
    )
  }
  </section>`;
}
