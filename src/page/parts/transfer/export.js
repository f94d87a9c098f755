// @ts-check
/// <reference lib="dom" />
/**
 * Events come out: what is selected, as a file that can be imported again.
 *
 * @module
 */

import { exportFile } from "../../api/export.js";
import { html } from "../../html.js";
import { adjust } from "../../state/address.js";
import { useRun } from "../../state/run.js";
import { bytesText, counted } from "../../text/numbers.js";
import { Problem } from "../problem.js";
import { Running } from "../running.js";
import { commandOf, fields, selectionOf } from "./selection.js";

/**
 * @param {{namespace: string, params: Readonly<Record<string, string>>}} props
 */
export function Export({ namespace, params }) {
  const name = fileName(namespace);
  const { progress, result, error, start, cancel } = useRun(
    { events: 0, bytes: 0 },
    async (signal, onProgress) => {
      const { file, events } = await exportFile(namespace, selectionOf(params), {
        signal,
        onProgress: (events, bytes) => onProgress({ events, bytes }),
      });
      if (events === 0) throw new Error("No event is selected: no file was written");
      save(file, name);
      return `${counted(events, "event")}, ${bytesText(file.size)}, in ${name}`;
    },
  );
  const command = commandOf(params, new URL(".", document.baseURI).href.replace(/\/$/, ""), name);
  return html`
    <section aria-labelledby="export-title">
      <h2 id="export-title">Export events</h2>
      <form class="card" onSubmit=${(
        /** @type {Event} */ event,
      ) => (event.preventDefault(), start())}>
          <div class="fields">
            ${fields.filter(({ param, isRare }) => !isRare || params[param]).map((
              { param, label, hint },
            ) =>
              html`<label key=${param}>${label}
            <input name=${param} value=${
                params[param] ?? ""
              } placeholder=${hint} spellcheck=${false}
              autocomplete="off" disabled=${progress !== null}
              onChange=${(/** @type {Event & {currentTarget: HTMLInputElement}} */ event) =>
                adjust({ [param]: event.currentTarget.value.trim() }, { replace: true })} />
          </label>`
            )}
          </div>
          ${params.text &&
            html`<p class="note">The text that was searched for does not narrow an export.</p>`}
          ${progress === null
            ? html`<div class="actions"><button type="submit" class="primary">Export</button></div>`
            : html`<${Running} label="Exporting" onCancel=${cancel}>
                ${counted(progress.events, "event")}, ${bytesText(progress.bytes)}
              <//>`}
          ${result && html`<p class="good" role="status">${result}</p>`}
          ${error !== null && html`<${Problem} error=${error} />`}
          <details>
            <summary>The same by the command line</summary>
            <pre class="command" tabindex="0"><code>${command}</code></pre>
          </details>
        </form>
    </section>
  `;
}

/** @param {string} namespace */
function fileName(namespace) {
  const safe = namespace.replaceAll(/[^\w.-]+/g, "_");
  return `${safe}-${new Date().toISOString().slice(0, 10)}.ndjson`;
}

/**
 * @param {Blob} file
 * @param {string} name
 */
function save(file, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser has taken the file once the click is over; a while later is late enough for all of them.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
