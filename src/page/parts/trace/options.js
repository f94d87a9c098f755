// @ts-check
/// <reference lib="dom" />
/**
 * What is traced: from which streams, which way, how far.
 *
 * @module
 */

import { useMemo } from "preact/hooks";
import { html } from "../../html.js";
import { adjust } from "../../state/address.js";
import { fields } from "../transfer/selection.js";

const options = fields.filter(({ isRare }) => isRare);

/** @param {SubmitEvent & {currentTarget: HTMLFormElement}} event */
function submit(event) {
  event.preventDefault();
  const given = /** @type {[string, string][]} */ ([...new FormData(event.currentTarget)]);
  adjust({
    from: null,
    ...Object.fromEntries(given.map(([name, value]) => [name, value.trim()])),
  });
}

/** @param {{params: Readonly<Record<string, string>>}} props */
export function Options({ params }) {
  const { stream = "" } = params;
  const given = options.map(({ param }) => params[param] ?? "");
  const set = given.filter(Boolean).length;
  // What somebody types stays until the address is another one.
  return useMemo(
    () =>
      html`
        <form class="trace-options" onSubmit=${submit}>
          <label class="stream">Streams <input name="stream" value=${stream} required
            spellcheck=${false} autocomplete="off" placeholder="workflow-123" /></label>
          <button type="submit" class="primary">Trace</button>
          <details>
            <summary>Options${set > 0 && ` (${set})`}</summary>
            ${options.map(({ param, label, hint, kind }, at) =>
              html`
                <label key=${param}>${label} ${kind === "text"
                  ? html`
                    <select name=${param} value=${given[at]}>
                      <option value="">causes and effects</option>
                      <option>causes</option>
                      <option>effects</option>
                    </select>
                  `
                  : html`
                    <input name=${param} value=${given[at]} placeholder=${hint}
                      type=${kind === "position" ? "number" : "text"} min="0"
                      spellcheck=${false} autocomplete="off" />
                  `}</label>
              `
            )}
          </details>
        </form>
      `,
    [stream, ...given],
  );
}
