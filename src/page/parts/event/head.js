// @ts-check
/**
 * What an event is: its stream, positions, id and time.
 *
 * @module
 */

import { html } from "../../html.js";
import { linkTo } from "../../state/address.js";
import { exactPattern } from "../../text/patterns.js";
import { countText } from "../../text/numbers.js";
import { timeText } from "../../text/time.js";
import { TraceLink } from "../trace/link.js";
import { Visible } from "../visible.js";
import { Terms } from "./section.js";

/** @param {{event: import("../../api/event.js").Event, version?: number | null}} props */
export function Head({ event, version }) {
  const { stream, position, globalPosition, id, time } = event;
  const timeIn = (/** @type {"local" | "utc"} */ zone) =>
    html`<time datetime=${time}>${timeText(time, zone)}</time>`;
  return html`
    <${Terms} rows=${[
      [
        "Stream",
        html`
          <${StreamLink} stream=${stream} at=${globalPosition} />
          <${TraceLink} stream=${exactPattern(stream)} event=${globalPosition} />
        `,
      ],
      ["Position", countText(position) + (version ? ` of 0–${countText(version)}` : "")],
      ["Global position", countText(globalPosition)],
      ["Id", html`<${Visible} text=${id} />`],
      ["Local time", timeIn("local")],
      ["UTC", timeIn("utc")],
    ]} />
  `;
}

/**
 * @param {{stream: string, at?: number}} props `at`: the global position of the event that stays open, and where the
 * list begins.
 */
export function StreamLink({ stream, at }) {
  const href = linkTo("events", { stream: exactPattern(stream), at, event: at });
  return html`<a href=${href}><${Visible} text=${stream} /></a>`;
}
