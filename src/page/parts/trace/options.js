// @ts-check
/// <reference lib="dom" />
/**
 * What is traced: from which streams, which way, how far.
 *
 * @module
 */

import { html } from "../../html.js";
import { adjust } from "../../state/address.js";

/** Lists that narrow a trace, by their params. @type {readonly [string, string, string][]} */
const narrowing = [
  ["stopAt", "Stop at categories", "nothing beyond them"],
  ["excludeCategory", "Leave out categories", ""],
  ["link", "Links in payloads", "data.orderId=order-{}"],
];

/** @param {{params: Readonly<Record<string, string>>}} props */
export function Options({ params }) {
  /** @param {SubmitEvent & {currentTarget: HTMLFormElement}} event */
  const submit = (event) => {
    event.preventDefault();
    const fields = /** @type {[string, string][]} */ ([...new FormData(event.currentTarget)]);
    adjust({
      from: null,
      ...Object.fromEntries(fields.map(([name, value]) => [name, value.trim()])),
    });
  };
  const { stream, direction, depth } = params;
  const given = [direction, depth, ...narrowing.map(([name]) => params[name])];
  const set = given.filter(Boolean).length;
  /** @param {string} name @param {string} title @param {Record<string, unknown>} more */
  const input = (name, title, more) =>
    html`
      <label key=${name} class=${name}>${title} <input name=${name} value=${params[name]}
        spellcheck=${false} autocomplete="off" ...${more} /></label>
    `;
  // A new address is a new form.
  return html`
    <form class="trace-options" key=${[stream, ...given].join("\n")} onSubmit=${submit}>
      ${input("stream", "Streams", { required: true, placeholder: "workflow-123" })}
      <button type="submit" class="primary">Trace</button>
      <details>
        <summary>Options${set > 0 && ` (${set})`}</summary>
        <label>Follow <select name="direction" value=${direction ?? ""}>
          <option value="">Causes and effects</option>
          <option value="causes">Causes</option>
          <option value="effects">Effects</option>
        </select></label>
        ${input("depth", "Links away", { type: "number", min: 0, placeholder: "any" })}
        ${narrowing.map(([name, title, placeholder]) => input(name, title, { placeholder }))}
      </details>
    </form>
  `;
}
