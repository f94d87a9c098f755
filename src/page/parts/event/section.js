// @ts-check
/**
 * Parts of an event's panel.
 *
 * @module
 */

import { html } from "../../html.js";
import { Problem } from "../problem.js";

/**
 * A part that is loaded by itself.
 *
 * @param {{title?: string, loaded: import("../../state/load.js").Loaded<any>,
 * children: (value: any) => unknown}} props `children`: what is shown once it is loaded.
 */
export function Section({ title, loaded: { value, error, isLoading, reload }, children }) {
  return html`
    <section aria-label=${title} aria-busy=${isLoading}>
      ${title && html`<h3>${title}</h3>`}
      ${value !== undefined
        ? children(value)
        : error !== undefined && !isLoading
        ? html`<${Problem} error=${error} onRetry=${reload} />`
        : html`<p class="note">Loading…</p>`}
    </section>
  `;
}

/** @param {{rows: (readonly [name: string, content: unknown])[]}} props */
export function Terms({ rows }) {
  return html`
    <dl class="event-head">
      ${rows.map(([name, content]) =>
        html`
          <div key=${name}>
            <dt>${name}</dt>
            <dd>${content}</dd>
          </div>
        `
      )}
    </dl>
  `;
}

/**
 * Buttons of which one is pressed.
 *
 * @param {{label: string, names: Readonly<Record<string, unknown>>, chosen: string, onChoose: (key: string) => void}} props
 * `names`: what is written on the button of each key.
 */
export function Choice({ label, names, chosen, onChoose }) {
  return html`
    <div role="group" aria-label=${label}>
      ${Object.entries(names).map(([key, name]) =>
        html`
          <button key=${key} type="button" class="quiet" aria-pressed=${key === chosen}
            onClick=${() => onChoose(key)}>${name}</button>
        `
      )}
    </div>
  `;
}
