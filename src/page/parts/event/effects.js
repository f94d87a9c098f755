// @ts-check
/**
 * What an event has caused: the events whose metadata names it.
 *
 * @module
 */

import { useEffect, useState } from "preact/hooks";
import { effectsMax, effectsOf } from "../../api/effects.js";
import { html } from "../../html.js";
import { announce } from "../../state/announce.js";
import { useLoad } from "../../state/load.js";
import { counted, countText } from "../../text/numbers.js";
import { Problem } from "../problem.js";
import { EventLine } from "./neighbours.js";

/**
 * It looks at a bounded part of what comes after the event, and at ten times as much each time that it is asked to.
 *
 * @param {{event: import("../../api/event.js").Event}} props
 */
export function Effects({ event }) {
  const [searches, setSearches] = useState(1);
  const { value, error, isLoading, reload } = useLoad(
    (signal) => effectsOf(event, { searches }, signal),
    [event, searches],
  );
  useEffect(() => {
    if (searches > 1 && value) announce(`It caused ${counted(value.events.length, "event")}`);
  }, [value]);
  const { events = [], next = null, position = 0 } = value ?? {};
  const isFull = events.length === effectsMax;
  return html`
    <section aria-labelledby="event-effects" aria-busy=${isLoading}>
      <h3 id="event-effects">What it caused</h3>
      ${error !== undefined && html`<${Problem} error=${error} onRetry=${reload} />`}
      <ul class="event-lines">
        ${events.map((one) =>
          html`
            <li key=${one.globalPosition}>
              <${EventLine} event=${one} isOther />
            </li>
          `
        )}
      </ul>
      ${isFull
        ? html`<p class="note">The first ${effectsMax} are shown.</p>`
        : next !== null
        ? html`
          <p class="note">Looked as far as global position ${countText(
            position,
          )}. <button type="button"
            disabled=${isLoading} onClick=${() => setSearches(searches * 10)}>
            ${isLoading ? "Looking…" : "Look further"}
          </button></p>
        `
        : value && events.length === 0 && html`
          <p class="note">No later event names it as its cause.</p>
        `}
    </section>
  `;
}
