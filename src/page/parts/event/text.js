// @ts-check
/**
 * JSON as text, a chunk at a time.
 *
 * @module
 */

import { useMemo, useState } from "preact/hooks";
import { html } from "../../html.js";
import { wholeEnd } from "../../text/visible.js";
import { PrettyJson } from "../../text/pretty_json.js";
import { Visible } from "../visible.js";

const firstChars = 10_000;
const moreChars = 100_000;

/** Letters that are written from right to left: without isolation they turn the punctuation around them, too. */
const rightToLeft =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** @param {{text: string, isPretty: boolean}} props */
export function JsonText({ text, isPretty }) {
  const printer = useMemo(() => isPretty ? new PrettyJson(text) : new RawText(text), [text]);
  const first = useMemo(() => [printer.next(firstChars)], [printer]);
  const [more, setMore] = useState(
    /** @type {{printer: unknown, chunks: string[]}} */ ({
      printer,
      chunks: [],
    }),
  );
  const chunks = [...first, ...(more.printer === printer ? more.chunks : [])];
  return html`
    <pre class="event-text" dir="ltr">${chunks.map((chunk, index) =>
      html`<${Chunk} key=${index} text=${chunk} />`
    )}</pre>
    ${!printer.isDone && html`
      <button type="button" onClick=${() =>
        setMore({ printer, chunks: [...chunks.slice(1), printer.next(moreChars)] })}>
        Show more
      </button>
    `}
  `;
}

/** @param {{text: string}} props */
function Chunk({ text }) {
  if (!rightToLeft.test(text)) return html`<${Visible} text=${text} hasLines />`;
  return text.split(/("(?:[^"\\]+|\\.)*")/).map((part) =>
    html`<${Visible} text=${part} hasLines />`
  );
}

class RawText {
  #text;
  #at = 0;

  /** @param {string} text */
  constructor(text) {
    this.#text = text;
  }

  get isDone() {
    return this.#at >= this.#text.length;
  }

  /** @param {number} charsMax */
  next(charsMax) {
    const end = wholeEnd(this.#text, this.#at + charsMax);
    const chunk = this.#text.slice(this.#at, end);
    this.#at = end;
    return chunk;
  }
}
