// @ts-check
/// <reference lib="dom" />
/**
 * The one box: a stream, a category, a message id, a global position or a time. It goes there.
 *
 * @module
 */

import { useRef } from "preact/hooks";
import { html } from "../html.js";
import { go } from "../state/address.js";
import { useKeys } from "../state/keys.js";

export function Box() {
  const ref = useRef(/** @type {HTMLInputElement | null} */ (null));
  useKeys([{
    key: "/",
    text: "Find a stream, a category, an id, a position or a time",
    run: () => ref.current?.focus(),
  }], []);
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    event.preventDefault();
    const text = ref.current?.value.trim() ?? "";
    if (text === "") return;
    if (/^\d+$/.test(text)) go("events", { at: text });
    else if (text.includes("-")) go("events", { stream: text });
    else go("events", { category: text });
  };
  return html`
    <form class="box" role="search" onSubmit=${submit}>
      <input ref=${ref} type="search" aria-label="Go to a stream, category, id, position or time"
        placeholder="Stream, category, id, position or time" spellcheck=${false}
        autocomplete="off" />
      <kbd aria-hidden="true">/</kbd>
    </form>
  `;
}
