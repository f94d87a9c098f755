// @ts-check
/**
 * How far something is, with a way to cancel it.
 *
 * @module
 */

import { html } from "../html.js";

/** @param {{label: string, max?: number, value?: number, onCancel: () => void, children: unknown}} props */
export function Running({ label, max, value, onCancel, children }) {
  return html`
    <div class="running">
      <progress aria-label=${label} max=${max} value=${value}></progress>
      <p>${children}</p>
      <button type="button" onClick=${onCancel}>Cancel</button>
    </div>
  `;
}
