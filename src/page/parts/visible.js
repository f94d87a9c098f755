// @ts-check
/**
 * Somebody's text: its direction ends with it, and what nobody would see is shown as escapes.
 *
 * @module
 */

import { html } from "../html.js";
import { visibleParts } from "../text/visible.js";

/** @param {{text: string, hasLines?: boolean}} props `hasLines`: whether the ends of its lines stay. */
export function Visible({ text, hasLines }) {
  return html`<bdi>${
    visibleParts(text, hasLines).map((part, index) =>
      index % 2 === 0 ? part : html`<span class="escape">${part}</span>`
    )
  }</bdi>`;
}
