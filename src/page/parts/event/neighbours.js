// @ts-check
/**
 * The stream of an event, before and after it.
 *
 * @module
 */

import { html } from "../../html.js";
import { counted, countText } from "../../text/numbers.js";
import { EventLines } from "./lines.js";

/** @typedef {import("../../api/event.js").Event} Event */

/** @param {{event: Event} & import("../../api/event_reads.js").Beside} props */
export function Neighbours({ event, before, after, version }) {
  const events = [...before, event, ...after];
  const earlier = events[0]?.position ?? 0;
  const later = version === null ? 0 : version - (events.at(-1)?.position ?? version);
  /** @param {Event} one @param {number} index */
  const gapBefore = ({ position }, index) => {
    const last = events[index - 1]?.position ?? position - 1;
    return position > last + 1 && gapText(last + 1, position - 1, false);
  };
  return html`
    ${earlier > 0 && gapText(0, earlier - 1, before.length > 0)}
    <${EventLines} events=${events} isStream current=${event} before=${gapBefore} />
    ${later > 0 && html`<p class="note">${counted(later, "later event")}</p>`}
  `;
}

/**
 * @param {number} from
 * @param {number} to
 * @param {boolean} isHere Whether they are there, only not shown.
 */
function gapText(from, to, isHere) {
  const [range, are] = from === to
    ? [`Position ${countText(from)}`, "is"]
    : [`${countText(from)}–${countText(to)}`, "are"];
  return html`<p class="note">${range} ${isHere ? "before" : `${are} not in this copy`}</p>`;
}
