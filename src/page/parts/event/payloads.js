// @ts-check
/**
 * The payload and the metadata of an event: as a tree, as text in lines, and as the text that is stored.
 *
 * @module
 */

import { useState } from "preact/hooks";
import { html } from "../../html.js";
import { counted } from "../../text/numbers.js";
import { JsonText } from "./text.js";
import { Tree } from "./tree.js";

const forms = /** @type {const} */ (["Tree", "Text", "Raw"]);

/** The form that was chosen last. */
let chosen = /** @type {typeof forms[number]} */ ("Tree");

/** @param {{event: import("../../api/event.js").Event, categories: ReadonlySet<string>}} props */
export function Payloads({ event, categories }) {
  const [form, setForm] = useState(chosen);
  const choose = (/** @type {typeof chosen} */ next) => {
    chosen = next;
    setForm(next);
  };
  return html`
    <section aria-labelledby="event-payload">
      <div class="event-bar">
        <h3 id="event-payload">Payload</h3>
        <div role="group" aria-label="Form">
          ${forms.map((name) =>
            html`
              <button key=${name} type="button" class="quiet" aria-pressed=${name === form}
                onClick=${() => choose(name)}>${name}</button>
            `
          )}
        </div>
      </div>
      <${Json} text=${event.data} form=${form} label="Payload" categories=${categories} />
    </section>
    <section aria-labelledby="event-metadata">
      <h3 id="event-metadata">Metadata</h3>
      ${event.metadata === null
        ? html`<p class="note">None</p>`
        : html`<${Json} text=${event.metadata} form=${form} label="Metadata" categories=${categories} />`}
    </section>
  `;
}

/** @param {{text: string, form: typeof chosen, label: string, categories: ReadonlySet<string>}} props */
function Json({ form, ...props }) {
  const { text } = props;
  return html`
    ${form === "Tree"
      ? html`<${Tree} ...${props} />`
      : html`<${JsonText} key=${form} text=${text} isPretty=${form === "Text"} />`}
    ${text.length > 10_000 && html`<p class="note">${counted(text.length, "character")}</p>`}
  `;
}
