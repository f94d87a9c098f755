// @ts-check
/**
 * Events in lines, each a link that shows it beside what is shown now.
 *
 * @module
 */

import { html } from "../../html.js";
import { address, addressOf } from "../../state/address.js";
import { countText } from "../../text/numbers.js";
import { timeText } from "../../text/time.js";
import { useZone } from "../time.js";
import { Visible } from "../visible.js";

/** @typedef {import("../../api/event.js").Event} Event */

/** A list shows times to milliseconds; the panel of an event has all of it. */
const lineTimeChars = 23;

/**
 * @param {{events: readonly Event[], isStream?: boolean, current?: Event,
 * before?: (event: Event, index: number) => unknown}} props `isStream`: they are of the stream of the event that is
 * shown, and have their positions in it; of others the stream is named. `current`: the one that the panel is about.
 * `before`: what stands above one.
 */
export function EventLines({ events, isStream, current, before }) {
  const { view, params } = address.current;
  const zone = useZone();
  return html`
    <ol class="event-lines">
      ${events.map((one, index) => {
        const { globalPosition, position, stream, type, time } = one;
        return html`
          <li key=${globalPosition}>
            ${before?.(one, index)}
            <a class="event-line" href=${addressOf(view, { ...params, event: globalPosition })}
              aria-current=${one === current ? "true" : undefined}>
              <span class="number">${countText(isStream ? position : globalPosition)}</span>
              <span class="event-name">
                <${Visible} text=${type} />
                ${!isStream &&
                  html`${" "}<span class="note"><${Visible} text=${stream} /></span>`}
              </span>
              <time datetime=${time} title=${timeText(time, "utc")}>
                ${timeText(time, zone).slice(0, lineTimeChars)}
              </time>
            </a>
          </li>
        `;
      })}
    </ol>
  `;
}
