// @ts-check
/// <reference lib="dom" />
/**
 * Copies an event, in forms that can be imported or written again.
 *
 * @module
 */

import { useState } from "preact/hooks";
import { recordOf } from "../../api/event.js";
import { html } from "../../html.js";
import { copy } from "../../state/clipboard.js";
import { curlOf, typeScriptOf } from "../../text/copy_forms.js";

/** @param {{event: import("../../api/event.js").Event}} props */
export function Copy({ event }) {
  const [copied, setCopied] = useState("");
  /** @param {string} name @param {string} title @param {() => string} textOf */
  const form = (name, title, textOf) =>
    html`
      <button type="button" title=${title} aria-label=${`Copy: ${name}`}
        onClick=${async () => setCopied(await copy(textOf(), name) ? name : "")}>
        ${name}${copied === name && " ✓"}
      </button>
    `;
  return html`
    <div class="event-copy" role="group" aria-label="Copy">
      <span aria-hidden="true">Copy</span>
      ${form(
        "Record",
        "The line that an export has of it, to be imported",
        () => `${recordOf(event)}\n`,
      )}
      ${// An import may bring an event without a payload; none can be written.
      event.data !== "null" && [
        form(
          "curl",
          "A command that writes it once more; the token is taken from $EVENTODB_TOKEN",
          () => curlOf(event, new URL("rpc", document.baseURI).href),
        ),
        form(
          "TypeScript",
          "A line of the client library that writes it once more",
          () => typeScriptOf(event),
        ),
      ]}
      ${form("Payload", "The JSON text of its payload", () => event.data)}
      ${form("Link", "The address of what is shown", () => location.href)}
    </div>
  `;
}
