// @ts-check
/// <reference lib="dom" />
/**
 * What somebody may mean by a text that is typed into the box.
 *
 * @module
 */

import { go } from "../state/address.js";
import { announce } from "../state/announce.js";
import { counted } from "../text/numbers.js";
import { exactPattern } from "../text/patterns.js";
import { parseTime, timeText } from "../text/time.js";
import { firstEvent, searchEvents } from "./search.js";
import { read } from "./server.js";

/**
 * @typedef {object} Place
 * @property {string} action What will be done, such as "Go to position".
 * @property {string} name With what; a text of somebody else.
 * @property {string} [detail] What is known of it.
 * @property {(signal: AbortSignal) => Promise<string | void> | void} go Goes there, or returns why it does not.
 *
 * @typedef {{streams: {stream: string, version: number}[],
 * categories: {category: string, messageCount: number, streamCount: number}[]}} Names Those like a text.
 */

/** Most streams and categories that are offered. */
const [streamsMax, categoriesMax] = [6, 4];

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/**
 * @param {string} text
 * @param {AbortSignal} signal
 * @returns {Promise<Names>}
 */
export async function namesLike(text, signal) {
  const [streams, categories] = await Promise.all([
    read("ns.streams", [{ prefix: text, limit: streamsMax }], { signal }),
    read("ns.categories", [], { signal }),
  ]);
  const folded = text.toLowerCase();
  return {
    streams,
    categories: /** @type {Names["categories"]} */ (categories)
      .filter(({ category }) => category.toLowerCase().includes(folded))
      .sort((a, b) => Number(b.category === text) - Number(a.category === text))
      .slice(0, categoriesMax),
  };
}

/**
 * @param {string} text Not empty.
 * @param {Names} names
 * @param {{zone: "utc" | "local", hasTrace: boolean}} options
 * @returns {Place[]} The likeliest first; a search for the text is always the last.
 */
export function placesFor(text, { streams, categories }, { zone, hasTrace }) {
  const time = parseTime(text, zone);
  const ofStreams = streams.map(({ stream, version }) => ({
    action: "Stream",
    name: stream,
    detail: `up to position ${version}`,
    go: () => go("events", { stream: exactPattern(stream) }),
  }));
  const ofCategories = categories.map(({ category, messageCount, streamCount }) => ({
    action: "Category",
    name: category,
    detail: `${counted(messageCount, "event")}, ${counted(streamCount, "stream")}`,
    go: () => go("events", { category: exactPattern(category) }),
  }));
  const isNamed = (/** @type {Place} */ { name }) => name === text;
  /** @type {(Place | false)[]} */
  const places = [
    ...ofStreams.filter(isNamed),
    hasTrace && streams.some(({ stream }) => stream === text) && {
      action: "Trace of the stream",
      name: text,
      go: () => go("trace", { stream: exactPattern(text) }),
    },
    ...ofCategories.filter(isNamed),
    /^\d{1,15}$/.test(text) && {
      action: "Go to position",
      name: String(Number(text)),
      go: (signal) => goToPosition(Number(text), signal),
    },
    time !== null && {
      action: "Go to the time",
      name: timeText(time, zone),
      detail: zone === "utc" ? "UTC" : "local time",
      go: (signal) => goToTime(time, signal),
    },
    uuid.test(text) && messageOf(text),
    ...ofStreams.filter((place) => !isNamed(place)),
    text.includes("*") && {
      action: "Streams like",
      name: text,
      go: () => go("events", { stream: text }),
    },
    streams.length > 1 && {
      action: "All streams that begin with",
      name: text,
      go: () => go("events", { stream: `${exactPattern(text)}*` }),
    },
    ...ofCategories.filter((place) => !isNamed(place)),
    !uuid.test(text) && /^(?=.*\d)\S{8,}$/.test(text) && messageOf(text),
    { action: "Search the text", name: text, go: () => go("events", { text }) },
  ];
  return places.filter((place) => place !== false);
}

/** @param {string} id @returns {Place} */
function messageOf(id) {
  return {
    action: "Event with the id",
    name: id,
    async go(signal) {
      const { events: [event] } = await searchEvents({ id }, signal);
      if (event === undefined) return "No event of this namespace has this id.";
      go("events", { at: event.globalPosition, event: event.globalPosition });
    },
  };
}

/** @param {number} position @param {AbortSignal} signal */
async function goToPosition(position, signal) {
  const event = await firstEvent({ from: position }, signal);
  if (event === undefined) return `No event is at position ${position}, nor after it.`;
  const isThere = event.globalPosition === position;
  if (!isThere) announce(`${position} is not in this copy; ${event.globalPosition} is next`);
  go("events", { at: position, event: isThere ? position : null });
}

/** @param {string} time @param {AbortSignal} signal */
async function goToTime(time, signal) {
  const event = await firstEvent({ since: time }, signal);
  if (event === undefined) return "No event is as late as this.";
  go("events", { at: event.globalPosition });
}
