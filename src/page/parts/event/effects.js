// @ts-check
/**
 * What an event has caused: the events whose metadata names it.
 *
 * @module
 */

import { useEffect, useState } from "preact/hooks";
import { effectsOf } from "../../api/effects.js";
import { html } from "../../html.js";
import { announce } from "../../state/announce.js";
import { useLoad } from "../../state/load.js";
import { facts } from "../../state/session.js";
import { counted, countText } from "../../text/numbers.js";
import { Problem } from "../problem.js";
import { EventLine } from "./neighbours.js";

/** How many events are shown. */
const shownMax = 50;

/**
 * It looks at a bounded part of what comes after the event; asked to, it goes on.
 *
 * @param {{event: import("../../api/event.js").Event}} props
 */
export function Effects({ event }) {
  const [isFar, setFar] = useState(false);
  const { value, error, isLoading, reload } = useLoad(
    (signal) => effectsOf(event, { isFar, max: shownMax }, signal),
    [event, isFar],
  );
  useEffect(() => {
    if (isFar && value?.isFar) announce(`It caused ${counted(value.events.length, "event")}`);
  }, [value]);
  const { events = [], next = null, position = 0 } = value ?? {};
  const isFull = events.length >= shownMax;
  const canGoOn = next !== null && !isFull && !value?.isFar;
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
      ${value && events.length === 0 && next === null && html`
        <p class="note">No later event names it as its cause.</p>
      `}
      ${isFull && html`<p class="note">The first ${countText(shownMax)} are shown.</p>`}
      ${next !== null && !isFull && html`
        <p class="note">Looked as far as global position ${countText(position)}.</p>
      `}
      ${canGoOn && html`
        <button type="button" disabled=${isLoading} onClick=${() => setFar(true)}
          title=${facts.current?.features.includes("relate")
            ? "Looks into every stream that is linked to this one. The first time, the server makes an index"
            : "Looks at all later events"}>
          ${isLoading && isFar ? "Looking…" : "Look further"}
        </button>
      `}
    </section>
  `;
}
