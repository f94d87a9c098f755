// @ts-check
/// <reference lib="dom" />
/**
 * What is related to streams: how much it is, and its events.
 *
 * @module
 */

import { declaredLinksIn, linksIn } from "../text/links.js";
import { exactPattern } from "../text/patterns.js";
import { eventOfRecord } from "./event.js";
import { linesOf } from "./lines.js";
import { ServerError } from "./problem.js";
import { read, request, textOf, untilBack } from "./server.js";

/** @typedef {import("./export.js").Selection} Selection As the server takes it; see docs/protocol.md. */

/**
 * @typedef {object} TraceEvent An event without its payloads.
 * @property {string} id
 * @property {string} stream
 * @property {string} type
 * @property {number} position
 * @property {number} globalPosition
 * @property {string} time
 * @property {import("../text/links.js").Link[]} links
 */

/**
 * @typedef {object} Related
 * @property {number} count How many events are related.
 * @property {number} streamCount In so many streams.
 * @property {number} from The global position from which on events are shown.
 * @property {TraceEvent[]} events The first of these, ascending.
 * @property {boolean} isCut Whether more follow.
 */

/** The most events that are shown at once. */
const eventsShownMax = 2000;

/** The most text of them that is read, in characters. */
const charsMax = 32 * 1024 * 1024;

/** The events of so many streams are asked for by name. Of more, the server follows the links again. */
const streamsNamedMax = 200;

/**
 * Finds what is related. Of very many events those around one are shown.
 *
 * @param {Selection} selection
 * @param {object} options
 * @param {number} [options.from] The global position at which they begin,
 * @param {number} [options.around] or that of an event which has to be among them.
 * @param {AbortSignal} options.signal
 * @param {(events: number, count: number) => void} options.onProgress
 * @returns {Promise<Related>}
 */
export function readRelated(selection, { from: given, around, signal, onProgress }) {
  return untilBack(async () => {
    // Where it takes long, white space comes first, and an error may stand in the response.
    const response = await request("related", { signal, body: JSON.stringify(selection) });
    const { error, globalPosition, events: count, streams } = JSON.parse(await textOf(response));
    if (error !== undefined) throw new ServerError(error.code, error.message);
    const shownMax = Math.min(count, eventsShownMax);
    onProgress(0, shownMax);
    const from = given ?? (count === shownMax ? 1 : Math.max(
      1,
      (around ?? await firstPosition(selection, signal)) - eventsShownMax / 2,
    ));
    const wanted = streams.length > streamsNamedMax
      ? selection
      : { streams: streams.map(exactPattern) };
    // The same moment as above, whatever is written meanwhile.
    const body = JSON.stringify({ ...wanted, from, to: globalPosition });
    const links = /** @type {string[]} */ (selection.links ?? []);
    /** @type {TraceEvent[]} */
    const events = [];
    let isCut = false;
    let chars = 0;
    for await (const line of linesOf(await request("export", { signal, body }))) {
      if (line === "") continue;
      isCut = events.length === eventsShownMax ||
        (chars += line.length) > charsMax && chars > line.length;
      if (isCut) break;
      const { data, metadata, ...event } = eventOfRecord(line);
      const declared = links.flatMap((link) => declaredLinksIn(link, { data, metadata }));
      events.push({ ...event, links: [...linksIn(metadata), ...declared] });
      if (events.length % 100 === 0) onProgress(events.length, shownMax);
    }
    return { count, streamCount: streams.length, from, events, isCut };
  }, signal);
}

/**
 * @param {Selection} selection
 * @param {AbortSignal} signal
 * @returns {Promise<number>} Where the first stream that is named begins; 1 for a pattern.
 */
async function firstPosition({ relatedTo }, signal) {
  const [stream = ""] = /** @type {string[]} */ (relatedTo);
  const name = stream.replace(/\\([^])/g, "$1");
  const [first] = await read("stream.get", [name, { batchSize: 1 }], { signal });
  return first?.[3] ?? 1;
}
