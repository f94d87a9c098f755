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
  ["stopAt", "Stop at categories", "Their streams come along; nothing is followed beyond them"],
  ["exclude", "Leave out categories", "Neither shown nor followed"],
  ["link", "Links in payloads", "Such as data.orderId=order-{}"],
];

/** @param {{params: Readonly<Record<string, string>>}} props */
export function Options({ params }) {
  /** @param {SubmitEvent & {currentTarget: HTMLFormElement}} event */
  const submit = (event) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    adjust({
      from: null,
      ...Object.fromEntries([...fields].map(([name, value]) => [name, String(value).trim()])),
    });
  };
  const { stream, direction, depth } = params;
  const given = [direction, depth, ...narrowing.map(([name]) => params[name])];
  const set = given.filter((value) => value !== undefined).length;
  // A new address is a new form.
  return html`
    <form class="trace-options" key=${[stream, ...given].join("\n")}
      onSubmit=${submit}>
      <label class="wide">Streams
            <input name="stream" value=${stream} required spellcheck=${false} autocomplete="off"
              placeholder="workflow-123" /></label>
      <button type="submit" class="primary">Trace</button>
      <details>
            <summary>Options${set > 0 && ` (${set})`}</summary>
      <label>Follow
            <select name="direction" value=${direction ?? ""}>
              <option value="">Causes and effects</option>
              <option value="causes">Causes</option>
              <option value="effects">Effects</option>
            </select></label>
        <label>Links away
            <input name="depth" value=${depth} type="number" min="0" placeholder="any" /></label>
            ${narrowing.map(([name, title, hint]) =>
              html`
                <label key=${name} title=${hint}>${title}
                  <input name=${name} value=${params[name]} spellcheck=${false} autocomplete="off"
                    placeholder=${name === "link" ? "data.orderId=order-{}" : ""} /></label>
              `
            )}
          </details>
    </form>
  `;
}
