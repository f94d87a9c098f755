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
import { EventLines } from "./lines.js";
import { Section } from "./section.js";

/** @typedef {import("../../api/effects.js").Effects} Found */

/**
 * It looks at a bounded part of what comes after the event, and at ten times as much each time that it is asked to.
 *
 * @param {{event: import("../../api/event.js").Event}} props
 */
export function Effects({ event }) {
  const [searches, setSearches] = useState(1);
  const loaded = useLoad((signal) => effectsOf(event, { searches }, signal), [searches]);
  useEffect(() => {
    const { value } = loaded;
    if (searches > 1 && value) announce(`It caused ${counted(value.events.length, "event")}`);
  }, [loaded.value]);
  return html`
    <${Section} title="What it caused" loaded=${loaded}>
      ${(/** @type {Found} */ { events, next, position }) =>
        html`
          <${EventLines} events=${events} />
          ${events.length === effectsMax
            ? html`<p class="note">The first ${effectsMax} are shown.</p>`
            : next !== null
            ? html`
              <p class="note">Looked as far as global position ${countText(position)}.${" "}
                <button type="button" disabled=${loaded.isLoading}
                  onClick=${() => setSearches(searches * 10)}>
                  ${loaded.isLoading ? "Looking…" : "Look further"}
                </button></p>
            `
            : events.length === 0 && html`
              <p class="note">No later event names it as its cause.</p>
            `}
        `}
    <//>
  `;
}
