// @ts-check
/// <reference lib="dom" />
/**
 * The lines of the list.
 *
 * @module
 */

import { html } from "../../html.js";
import { timeText } from "../../text/time.js";
import { Visible } from "../visible.js";
import { visible } from "../../text/visible.js";

/**
 * @param {object} props
 * @param {import("./run.js").Row} props.row
 * @param {"utc" | "local"} props.zone
 * @param {boolean} props.isCursor
 * @param {boolean} props.isOpen Whether a panel shows it.
 * @param {string} props.link
 * @param {(position: number) => void} props.onOpen
 */
export function ListRow({ row, zone, isCursor, isOpen, link, onOpen }) {
  const { globalPosition, time, stream, type, data } = row;
  /** @param {MouseEvent} event */
  const click = (event) => {
    const isForBrowser = event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0;
    // Somebody selects text to copy it.
    if (isForBrowser || getSelection()?.type === "Range") return;
    event.preventDefault();
    onOpen(globalPosition);
  };
  const name = visible(stream);
  return html`
    <div id=${`event-${globalPosition}`} class=${isCursor ? "event cursor" : "event"} role="row"
      aria-rowindex=${globalPosition + 1} aria-selected=${isOpen} onClick=${click}>
      <span role="gridcell" class="at"><a href=${link} tabindex="-1">${globalPosition}</a></span>
      <span role="gridcell" class="when"><time datetime=${time}
        title=${`${timeText(time, "utc")} UTC`}>${timeText(time, zone)}</time></span>
      <span role="gridcell" class="where" title=${name}><${Visible} text=${stream} /></span>
      <span role="gridcell" class="what" title=${visible(type)}><${Visible} text=${type} /></span>
      <span role="gridcell" class="data"><bdi>${visible(data)}</bdi></span>
    </div>
  `;
}

/** Positions that have no event. @param {{from: number, to: number}} props */
export function Gap({ from, to }) {
  const text = from === to ? `${from} is not in this copy` : `${from}–${to} are not in this copy`;
  return html`
    <div class="gap" role="row" aria-rowindex=${from + 1}>
      <span role="gridcell" aria-colspan="5">${text}</span>
    </div>
  `;
}
