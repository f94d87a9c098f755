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

/** @param {{event: import("../../api/event.js").Event, version: number | null}} props */
export function Head({ event, version }) {
  const { stream, position, globalPosition, id, time } = event;
  const [local, utc] = [timeText(time, "local"), timeText(time, "utc")];
  const rows = [
    [
      "Stream",
      html`
        <${StreamLink} stream=${stream} event=${event} />
        <${TraceLink} stream=${exactPattern(stream)} event=${globalPosition} />
      `,
    ],
    ["Position", `${countText(position)}${version === null ? "" : ` of 0–${countText(version)}`}`],
    ["Global position", countText(globalPosition)],
    ["Id", html`<${Visible} text=${id} />`],
    ["Local time", html`<time datetime=${time}>${local}</time>`],
    ["UTC", html`<time datetime=${time}>${utc}</time>`],
  ];
  return html`<dl class="event-head">${
    rows.map(([name, content]) =>
      html`
        <div key=${name}>
          <dt>${name}</dt>
          <dd>${content}</dd>
        </div>
      `
    )
  }</dl>`;
}

/**
 * @param {{stream: string, event?: import("../../api/event.js").Event}} props `event`: stays open, and
 * is where the list begins.
 */
export function StreamLink({ stream, event }) {
  const at = event?.globalPosition;
  const href = linkTo("events", { stream: exactPattern(stream), at, event: at });
  return html`<a href=${href}><${Visible} text=${stream} /></a>`;
}
