// @ts-check
/**
 * How many events there are, and how far a search has come.
 *
 * @module
 */

import { useEffect } from "preact/hooks";
import { html } from "../../html.js";
import { announce } from "../../state/announce.js";
import { counted, countText } from "../../text/numbers.js";

/** @param {{model: import("./model.js").ListModel}} props */
export function Status({ model }) {
  const { run: { rows, from, to: end, last }, isFiltered, isWhole, isSlow, isStopped } = model;
  const to = model.lookedTo ?? end;
  const found = isFiltered
    ? isWhole
      ? `${counted(rows.length, "event")} found`
      : `Looked at positions ${from === 1 ? "up" : countText(from)} to ${countText(to)} of ${
        countText(last)
      }, ${countText(rows.length)} found`
    : `${counted(model.info.messageCount, "event")} up to position ${countText(last)}`;
  useEffect(() => {
    if (isFiltered && (isWhole || isStopped)) announce(found);
  }, [isWhole, isStopped]);
  return html`
    <p class="list-status">
      <span>${found}</span>
      ${isSlow && (isFiltered
        ? html`
          <progress max=${last} value=${to} aria-label="Searched" />
          <button type="button" onClick=${() => model.stop()}>Stop</button>
        `
        : "Loading…")}
      ${isStopped && html`<button type="button" onClick=${() => model.goOn()}>Continue</button>`}
    </p>
  `;
}
