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
import { linksIn } from "../../text/links.js";
import { countText } from "../../text/numbers.js";
import { Problem } from "../problem.js";
import { Visible } from "../visible.js";
import { StreamLink } from "./head.js";
import { EventLine } from "./neighbours.js";

/**
 * @typedef {import("../../api/event.js").Event} Event
 * @typedef {import("../../text/links.js").Link} Link
 */

/** @type {Readonly<Record<string, string>>} */
const names = { cause: "Cause", correlation: "Correlation", reply: "Reply to" };

/** @param {{event: Event}} props */
export function Causes({ event }) {
  const { value, error, reload } = useLoad(async (signal) => {
    const links = linksIn(event.metadata);
    const found = await Promise.all(links.map(async (link) => ({
      link,
      cause: await causeOf(link, signal),
      isHere: link.stream !== undefined &&
        await read("stream.version", [link.stream], { signal }) !== null,
    })));
    return { of: event, found };
  }, [event]);
  if (error !== undefined) return html`<${Problem} error=${error} onRetry=${reload} />`;
  if (value?.of !== event) return null;
  const { found } = value;
  const cause = found.find((one) => one.cause)?.cause;
  const missing = found.find(({ link }) => isEvent(link) && cause === undefined)?.link;
  const streams = found.filter(({ link }) =>
    link.stream !== undefined && (link.kind !== "cause" || cause === undefined)
  );
  return html`
    <section aria-labelledby="event-causes">
      <h3 id="event-causes">Caused by</h3>
      ${cause && html`
        <ul class="event-lines">
          <li>
            <${EventLine} event=${cause} isOther />
          </li>
        </ul>
      `}
      ${missing && html`<p class="note">${eventText(missing)} is not in this copy.</p>`}
      ${streams.length > 0 && html`
        <dl class="event-head">
          ${streams.map(({ link: { kind, stream = "" }, isHere }) =>
            html`
              <div key=${kind}>
                <dt>${names[kind]}</dt>
                <dd>
                  ${isHere
                    ? html`<${StreamLink} stream=${stream} />`
                    : html`<${Visible} text=${stream} /><span class="note"> is not in this copy</span>`}
                </dd>
              </div>
            `
          )}
        </dl>
      `}
      ${found.length === 0 && html`<p class="note">Its metadata names no cause.</p>`}
    </section>
  `;
}

/** @param {Link} link Whether it names an event, and not only a stream. */
function isEvent({ kind, stream, position, globalPosition, id }) {
  return kind === "cause" && (globalPosition !== undefined || id !== undefined ||
    (stream !== undefined && position !== undefined));
}

/** @param {Link} link */
function eventText({ stream, position, globalPosition, id }) {
  const place = globalPosition !== undefined
    ? `at global position ${countText(globalPosition)}`
    : stream !== undefined && position !== undefined
    ? `at position ${countText(position)}`
    : ["with the id ", html`<${Visible} text=${id} />`];
  return [
    "The event ",
    place,
    stream !== undefined && [" of ", html`<${Visible} text=${stream} />`],
  ];
}

/**
 * @param {Link} link
 * @param {AbortSignal} signal
 * @returns {Promise<Event | undefined>} The event, where it is there.
 */
async function causeOf({ kind, stream, position, globalPosition, id }, signal) {
  if (kind !== "cause") return undefined;
  if (globalPosition !== undefined) {
    const event = await eventAt(globalPosition, signal);
    // In a store that has numbered its events anew something else is there.
    if (
      event && (stream ?? event.stream) === event.stream &&
      (position ?? event.position) === event.position
    ) return event;
  }
  if (stream !== undefined && position !== undefined) {
    const event = await eventOfStream(stream, position, signal);
    if (event !== null) return event;
  }
  return id === undefined ? undefined : await firstEvent({ id }, signal);
}
