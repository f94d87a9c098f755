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
import { differencesOf } from "../../text/json_diff.js";
import { countText } from "../../text/numbers.js";
import { wholeEnd } from "../../text/visible.js";
import { Problem } from "../problem.js";
import { Visible } from "../visible.js";
import { EventLine } from "./neighbours.js";

/** @typedef {import("../../api/event.js").Event} Event */

/** Longest value that is shown whole, in characters. */
const valueCharsMax = 2_000;

/** @param {{event: Event, previous: Event | undefined}} props `previous`: the one before it in its stream. */
export function Differences({ event, previous }) {
  const [isOpen, setOpen] = useState(false);
  const [isSameType, setSameType] = useState(true);
  /** @param {{currentTarget: HTMLDetailsElement}} toggled */
  const toggle = ({ currentTarget }) => setOpen(currentTarget.open);
  if (previous === undefined) return null;
  return html`
    <details class="event-differences" open=${isOpen} onToggle=${toggle}>
      <summary><h3>Differences</h3> <span class="note">from an earlier event of the stream</span></summary>
      ${isOpen && html`
        <div role="group" aria-label="Compare with">
          <button type="button" class="quiet" aria-pressed=${isSameType} onClick=${() =>
            setSameType(true)}>
            Previous <${Visible} text=${event.type} />
          </button>
          <button type="button" class="quiet" aria-pressed=${!isSameType} onClick=${() =>
            setSameType(false)}>
            Previous event
          </button>
        </div>
        <${Compared} event=${event} previous=${previous} isSameType=${isSameType} />
      `}
    </details>
  `;
}

/** @param {{event: Event, previous: Event, isSameType: boolean}} props */
function Compared({ event, previous, isSameType }) {
  const { value, error, reload } = useLoad(async (signal) => {
    const isAtHand = !isSameType || previous.type === event.type;
    const other = isAtHand ? previous : await previousOfType(event, signal);
    return { of: event, isSameType, other };
  }, [event, isSameType]);
  if (error !== undefined) return html`<${Problem} error=${error} onRetry=${reload} />`;
  if (value?.of !== event || value.isSameType !== isSameType) {
    return html`<p class="note">Loading…</p>`;
  }
  if (value.other === null) {
    return html`<p class="note">This is the first <${Visible} text=${event.type} /> of its stream.</p>`;
  }
  return html`
    <ul class="event-lines">
      <li>
        <${EventLine} event=${value.other} />
      </li>
    </ul>
    <${DifferencesList} title="Payload" before=${value.other.data} after=${event.data} />
    <${DifferencesList} title="Metadata" before=${value.other.metadata ?? "null"}
      after=${event.metadata ?? "null"} />
  `;
}

/** @param {{title: string, before: string, after: string}} props JSON texts. */
function DifferencesList({ title, before, after }) {
  const { differences, isCut } = useMemo(() => differencesOf(before, after), [before, after]);
  return html`
    <h4>${title}</h4>
    ${differences.length === 0
      ? html`<p class="note">${before === after ? "The same" : "The same, in another order"}</p>`
      : html`
        <dl class="event-changes">
          ${differences.map((one) => html`<${Change} key=${one.path} ...${one} />`)}
        </dl>
      `}
    ${isCut &&
      html`<p class="note">There may be more: only the first ${
        countText(differences.length)
      } are shown.</p>`}
  `;
}

/** @param {import("../../text/json_diff.js").Difference} props */
function Change({ path, before, after }) {
  return html`
    <div>
      <dt><${Visible} text=${path} /></dt>
      ${before !== undefined && html`
        <dd class="before"><span class="hidden">${after === undefined
          ? "removed "
          : "before "}</span>
          <del><${Cut} text=${before} /></del></dd>
      `}
      ${after !== undefined && html`
        <dd class="after"><span class="hidden">${before === undefined ? "added " : "after "}</span>
          <ins><${Cut} text=${after} /></ins></dd>
      `}
    </div>
  `;
}

/** @param {{text: string}} props */
function Cut({ text }) {
  const [charsMax, setCharsMax] = useState(valueCharsMax);
  const end = wholeEnd(text, Math.min(charsMax, text.length));
  return html`
    <${Visible} text=${text.slice(0, end)} />${end < text.length && html`
      <button type="button" onClick=${() => setCharsMax(charsMax + 50_000)}>
        … ${countText(text.length - end)} more characters
      </button>
    `}
  `;
}
