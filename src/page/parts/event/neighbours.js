// @ts-check
/**
 * The stream of an event, before and after it.
 *
 * @module
 */

import { html } from "../../html.js";
import { address, addressOf } from "../../state/address.js";
import { counted, countText } from "../../text/numbers.js";
import { timeText } from "../../text/time.js";
import { useZone } from "../time.js";
import { Visible } from "../visible.js";

/** @typedef {import("../../api/event.js").Event} Event */

/** @param {number} event A global position. @returns {string} A link that shows it beside what is shown now. */
export function linkToEvent(event) {
  const { view, params } = address.current;
  return addressOf(view, { ...params, event });
}

/**
 * An event in a line.
 *
 * @param {{event: Event, isOther?: boolean, isShown?: boolean}} props `isOther`: of another stream, which is named;
 * otherwise its position in the stream is. `isShown`: it is the one that the panel is about.
 */
export function EventLine({ event, isOther = false, isShown = false }) {
  const { globalPosition, position, stream, type, time } = event;
  const zone = useZone();
  return html`
    <a class="event-line" href=${linkToEvent(globalPosition)}
      aria-current=${isShown ? "true" : undefined}>
      <span class="number">${countText(isOther ? globalPosition : position)}</span>
      <span class="event-name">
        <${Visible} text=${type} />
        ${isOther && html`${" "}<span class="note"><${Visible} text=${stream} /></span>`}
      </span>
      <time datetime=${time} title=${timeText(time, "utc")}>${timeText(time, zone).slice(
        0,
        timeChars,
      )}</time>
    </a>
  `;
}

/** A list shows times to milliseconds; the panel of an event has all of it. */
const timeChars = 23;

/** @param {{event: Event} & import("../../api/event_reads.js").Beside} props */
export function Neighbours({ event, before, after, version }) {
  const all = [...before, event, ...after];
  const earlier = all[0]?.position ?? 0;
  const later = version === null ? 0 : version - (all.at(-1)?.position ?? version);
  return html`
    <section aria-labelledby="event-stream">
      <h3 id="event-stream">In its stream</h3>
      ${earlier > 0 && html`<p class="note">${gapText(0, earlier - 1, before.length > 0)}</p>`}
      <ol class="event-lines">
        ${all.map((one, index) => {
          const last = all[index - 1]?.position ?? one.position - 1;
          return html`
            <li key=${one.position}>
              ${one.position > last + 1 &&
                html`<p class="note">${gapText(last + 1, one.position - 1, false)}</p>`}
              <${EventLine} event=${one} isShown=${one === event} />
            </li>
          `;
        })}
      </ol>
      ${later > 0 && html`<p class="note">${counted(later, "later event")}</p>`}
    </section>
  `;
}

/**
 * @param {number} from
 * @param {number} to
 * @param {boolean} isHere Whether they are there, only not shown.
 */
function gapText(from, to, isHere) {
  const range = from === to ? `Position ${countText(from)}` : `${countText(from)}–${countText(to)}`;
  return isHere ? `${range} before` : `${range} ${from === to ? "is" : "are"} not in this copy`;
}
