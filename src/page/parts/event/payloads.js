// @ts-check
/**
 * The payload and the metadata of an event: as a tree, as text in lines, and as the text that is stored.
 *
 * @module
 */

import { html } from "../../html.js";
import { useValue, Value } from "../../state/value.js";
import { counted } from "../../text/numbers.js";
import { Choice } from "./section.js";
import { JsonText } from "./text.js";
import { Tree } from "./tree.js";

/** The form that was chosen last. */
const chosenForm = new Value("Tree");

/** @param {{event: import("../../api/event.js").Event, categories?: ReadonlySet<string>}} props */
export function Payloads({ event: { data, metadata }, categories }) {
  const form = useValue(chosenForm);
  /** @param {string} label @param {string | null} text */
  const part = (label, text) =>
    html`
      <section aria-label=${label}>
        <h3>${label}</h3>
        ${text === null
          ? html`<p class="note">None</p>`
          : form === "Tree"
          ? html`<${Tree} text=${text} label=${label} categories=${categories} />`
          : html`<${JsonText} key=${form} text=${text} isPretty=${form === "Text"} />`}
        ${text !== null && text.length > 10_000 &&
          html`<p class="note">${counted(text.length, "character")}</p>`}
      </section>
    `;
  return html`
    <div class="event-payloads">
      <${Choice} label="Form" names=${{ Tree: "Tree", Text: "Text", Raw: "Raw" }} chosen=${form}
        onChoose=${(/** @type {string} */ next) => chosenForm.set(next)} />
      ${part("Payload", data)}
      ${part("Metadata", metadata)}
    </div>
  `;
}
