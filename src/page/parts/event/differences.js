// @ts-check
/// <reference lib="dom" />
/**
 * What differs from an earlier event of the stream.
 *
 * @module
 */

import { useMemo, useState } from "preact/hooks";
import { previousOfType } from "../../api/event_reads.js";
import { html } from "../../html.js";
import { useLoad } from "../../state/load.js";
import { useValue, Value } from "../../state/value.js";
import { differencesOf } from "../../text/json_diff.js";
import { counted, countText } from "../../text/numbers.js";
import { wholeEnd } from "../../text/visible.js";
import { Visible } from "../visible.js";
import { EventLines } from "./lines.js";
import { Choice, Section } from "./section.js";

/** @typedef {import("../../api/event.js").Event} Event */

/** Longest value that is shown whole, in characters. */
const shownCharsMax = 2_000;

/** They stay open from event to event, and compare with what was chosen last. */
const areDifferencesOpen = new Value(false);
const comparedWith = new Value("type");

/** @param {{event: Event, previous: Event}} props `previous`: the one before it in its stream. */
export function Differences({ event, previous }) {
  const isOpen = useValue(areDifferencesOpen);
  const chosen = useValue(comparedWith);
  return html`
    <details class="event-differences" open=${isOpen}
      onToggle=${(/** @type {{currentTarget: HTMLDetailsElement}} */ { currentTarget }) =>
        areDifferencesOpen.set(currentTarget.open)}>
      <summary><h3>Differences</h3> <span class="note">from an earlier event of the stream</span></summary>
      ${isOpen && html`
        <${Choice} label="Compare with" chosen=${chosen}
          names=${{
            type: html`Previous <${Visible} text=${event.type} />`,
            event: "Previous event",
          }}
          onChoose=${(/** @type {string} */ next) => comparedWith.set(next)} />
        <${Compared} key=${chosen} event=${event}
          other=${chosen === "event" || previous.type === event.type ? previous : undefined} />
      `}
    </details>
  `;
}

/** @param {{event: Event, other?: Event}} props `other`: where it is not the one of the same type, to be looked for. */
function Compared({ event, other }) {
  const loaded = useLoad(async (signal) => other ?? await previousOfType(event, signal), []);
  return html`
    <${Section} loaded=${loaded}>
      ${(/** @type {Event | null} */ one) =>
        one === null
          ? html`<p class="note">This is the first <${Visible} text=${event.type} /> of its stream.</p>`
          : html`
            <${EventLines} events=${[one]} isStream />
            <${Changes} title="Payload" before=${one.data} after=${event.data} />
            <${Changes} title="Metadata" before=${one.metadata ?? "null"}
              after=${event.metadata ?? "null"} />
          `}
    <//>
  `;
}

/** @param {{title: string, before: string, after: string}} props JSON texts. */
function Changes({ title, before, after }) {
  const { differences, isCut } = useMemo(() => differencesOf(before, after), []);
  return html`
    <h4>${title}</h4>
    <dl class="event-changes">
      ${differences.map(({ path, before, after }) =>
        html`
          <div key=${path}>
            <dt><${Visible} text=${path} /></dt>
            ${/** @type {const} */ ([["before", "removed", "del", before, after], [
              "after",
              "added",
              "ins",
              after,
              before,
            ]])
              .map(([name, alone, element, text, other]) =>
                text !== undefined && html`
                  <dd class=${name}>
                    <span class="hidden">${other === undefined ? alone : name}${" "}</span>
                    <${element}>
                      <${Cut} text=${text} />
                      <//>
                      </dd>
                `
              )}
          </div>
        `
      )}
    </dl>
    ${differences.length === 0 &&
      html`<p class="note">${before === after ? "The same" : "The same, in another order"}</p>`}
    ${isCut &&
      html`<p class="note">There may be more: only the first ${
        countText(differences.length)
      } are shown.</p>`}
  `;
}

/** @param {{text: string}} props */
function Cut({ text }) {
  const [charsMax, setCharsMax] = useState(shownCharsMax);
  const shown = text.slice(0, wholeEnd(text, charsMax));
  const left = text.length - shown.length;
  return html`
    <${Visible} text=${shown} />${left > 0 && html`
      <button type="button" onClick=${() => setCharsMax(charsMax + 50_000)}>
        … ${counted(left, "more character")}
      </button>
    `}
  `;
}
