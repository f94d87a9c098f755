// @ts-check
/**
 * JSON as text, a chunk at a time.
 *
 * @module
 */

import { useMemo, useState } from "preact/hooks";
import { html } from "../../html.js";
import { PrettyJson } from "../../text/pretty_json.js";
import { Visible } from "../visible.js";

/** How much is shown at first, and how much more each time, in characters. */
const [firstChars, moreChars] = [10_000, 100_000];

/** Letters that are written from right to left: without isolation they turn the punctuation around them, too. */
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufeff\u{10800}-\u{1efff}]/u;

/** @param {{text: string, isPretty: boolean}} props Those of another text are another component's. */
export function JsonText({ text, isPretty }) {
  const printer = useMemo(() => new PrettyJson(text, isPretty), []);
  const [chunks, setChunks] = useState(() => [printer.next(firstChars)]);
  return html`
    <pre class="event-text" dir="ltr">${chunks.map((chunk, index) =>
      html`<${Chunk} key=${index} text=${chunk} />`
    )}</pre>
    ${!printer.isDone && html`
      <button type="button" onClick=${() => setChunks([...chunks, printer.next(moreChars)])}>
        Show more
      </button>
    `}
  `;
}

/** @param {{text: string}} props */
function Chunk({ text }) {
  const parts = rightToLeft.test(text) ? text.split(/("(?:[^"\\]+|\\.)*")/) : [text];
  return useMemo(() => parts.map((part) => html`<${Visible} text=${part} hasLines />`), [text]);
}
