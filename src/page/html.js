// @ts-check
/// <reference lib="dom" />
/**
 * Elements as tagged templates: `html`<p>${text}</p>``. What stands in `${}` is text or an element, never markup.
 *
 * @module
 */

import htm from "htm";
import { h } from "preact";

/** @typedef {import("preact").VNode<any>} Element */

/** @type {(strings: TemplateStringsArray, ...values: unknown[]) => Element} */
export const html = /** @type {any} */ (htm).bind(h);
