// @ts-check
/**
 * A link to the trace of streams, where the server can follow links.
 *
 * @module
 */

import { html } from "../../html.js";
import { linkTo } from "../../state/address.js";
import { facts } from "../../state/session.js";

/** @param {{stream: string, event?: number}} props `stream`: patterns. `event`: the global position of one that is open. */
export function TraceLink({ stream, event }) {
  if (!facts.current?.features.includes("relate")) return null;
  return html`<a class="trace-link" href=${linkTo("trace", { stream, event })}>Trace</a>`;
}
