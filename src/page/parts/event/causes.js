// @ts-check
/**
 * What caused an event, and the streams that its metadata names.
 *
 * @module
 */

import { eventAt, eventOfStream } from "../../api/event_reads.js";
import { firstEvent } from "../../api/search.js";
import { read } from "../../api/server.js";
import { html } from "../../html.js";
import { useLoad } from "../../state/load.js";
import { fits, linksIn } from "../../text/links.js";
import { countText } from "../../text/numbers.js";
import { Visible } from "../visible.js";
import { StreamLink } from "./head.js";
import { EventLines } from "./lines.js";
import { Section, Terms } from "./section.js";

/**
 * @typedef {import("../../api/event.js").Event} Event
 * @typedef {import("../../text/links.js").Link} Link
 * @typedef {Link & {event?: Event | null, isHere: boolean}} Followed
 */

const linkNames = { cause: "Cause", correlation: "Correlation", reply: "Reply to", payload: "" };

/** @param {{event: Event}} props */
export function Causes({ event }) {
  const loaded = useLoad(
    (signal) =>
      Promise.all(
        linksIn(event.metadata).map(async (link) => ({
          ...link,
          event: link.kind === "cause" ? await causeOf(link, signal) : null,
          isHere: link.stream !== undefined &&
            await read("stream.version", [link.stream], { signal }) !== null,
        })),
      ),
    [],
  );
  return html`
    <${Section} title="Caused by" loaded=${loaded}>
      ${(/** @type {Followed[]} */ links) =>
        html`
          ${links.map((link) =>
            link.event ? html`<${EventLines} events=${[link.event]} />` : missingText(link)
          )}
          <${Terms} rows=${links.filter(({ stream, event }) => stream !== undefined && !event)
            .map(({ kind, stream, isHere }) => [
              linkNames[kind],
              isHere
                ? html`<${StreamLink} stream=${stream} />`
                : html`<${Visible} text=${stream} /><span class="note"> is not in this copy</span>`,
            ])} />
          ${links.length === 0 && html`<p class="note">Its metadata names no cause.</p>`}
        `}
    <//>
  `;
}

/** Where it names an event, and not only a stream. @param {Link} link */
function missingText({ kind, stream, position, globalPosition, id }) {
  const [how, which] = globalPosition !== undefined
    ? ["at global position ", countText(globalPosition)]
    : stream !== undefined && position !== undefined
    ? ["at position ", countText(position)]
    : ["with the id ", id !== undefined && html`<${Visible} text=${id} />`];
  return kind === "cause" && which && html`
    <p class="note">The event ${how}${which}${stream !== undefined &&
      html`${" of "}<${Visible} text=${stream} />`} is not in this copy.</p>
  `;
}

/**
 * @param {Link} link
 * @param {AbortSignal} signal
 * @returns {Promise<Event | null | undefined>} The event, where it is there.
 */
async function causeOf(link, signal) {
  const { stream, position, globalPosition, id } = link;
  if (globalPosition !== undefined) {
    const event = await eventAt(globalPosition, signal);
    // In a store that has numbered its events again, another event is there.
    if (event && fits(link, event)) return event;
  }
  return stream !== undefined && position !== undefined &&
      await eventOfStream(stream, position, signal) ||
    (id === undefined ? null : await firstEvent({ id }, signal));
}
