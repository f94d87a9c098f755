// @ts-check
/**
 * What went wrong, and the way out.
 *
 * @module
 */

import { messageOf } from "../api/problem.js";
import { html } from "../html.js";

/**
 * @param {{error: unknown, onRetry?: () => void}} props
 */
export function Problem({ error, onRetry }) {
  return html`<div class="problem" role="alert">
    <p>${messageOf(error)}</p>
    ${onRetry && html`<button type="button" onClick=${onRetry}>Try again</button>`}
  </div>`;
}
