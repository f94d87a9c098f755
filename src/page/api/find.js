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
import { firstEvent } from "./search.js";
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
  const position = Number(text);
  const isId = uuid.test(text);
  const ofStreams = streams.map(({ stream, version }) => ({
    action: "Stream",
    name: stream,
    detail: `up to position ${version}`,
    go: eventsOf({ stream: exactPattern(stream) }),
  }));
  const ofCategories = categories.map(({ category, messageCount, streamCount }) => ({
    action: "Category",
    name: category,
    detail: `${counted(messageCount, "event")}, ${counted(streamCount, "stream")}`,
    go: eventsOf({ category: exactPattern(category) }),
  }));
  const isNamed = (/** @type {Place} */ { name }) => name === text;
  const isOther = (/** @type {Place} */ place) => !isNamed(place);
  const ofId = {
    action: "Event with the id",
    name: text,
    go: firstOf({ id: text }, "No event of this namespace has this id.", (at) => ({
      at,
      event: at,
    })),
  };
  /** @type {(Place | false)[]} */
  const places = [
    ...ofStreams.filter(isNamed),
    hasTrace && ofStreams.some(isNamed) && {
      action: "Trace of the stream",
      name: text,
      go: () => go("trace", { stream: exactPattern(text) }),
    },
    ...ofCategories.filter(isNamed),
    /^\d{1,15}$/.test(text) && {
      action: "Go to position",
      name: String(position),
      go: firstOf(
        { from: position },
        `No event is at position ${position}, nor after it.`,
        (event) => {
          if (event === position) return { at: position, event };
          announce(`${position} is not in this copy; ${event} is next`);
          return { at: position };
        },
      ),
    },
    time !== null && {
      action: "Go to the time",
      name: timeText(time, zone),
      detail: zone === "utc" ? "UTC" : "local time",
      go: firstOf({ since: time }, "No event is as late as this.", (at) => ({ at })),
    },
    isId && ofId,
    ...ofStreams.filter(isOther),
    text.includes("*") &&
    { action: "Streams like", name: text, go: eventsOf({ stream: text }) },
    streams.length > 1 && {
      action: "All streams that begin with",
      name: text,
      go: eventsOf({ stream: `${exactPattern(text)}*` }),
    },
    ...ofCategories.filter(isOther),
    !isId && /^(?=.*\d)\S{8,}$/.test(text) && ofId,
    { action: "Search the text", name: text, go: eventsOf({ text }) },
  ];
  return places.filter((place) => place !== false);
}

/** @param {Record<string, string>} params */
function eventsOf(params) {
  return () => go("events", params);
}

/**
 * @param {import("./search.js").Search} search
 * @param {string} refusal Where nothing is found.
 * @param {(position: number) => Record<string, number | undefined>} paramsOf Of the first event that is found.
 * @returns {Place["go"]}
 */
function firstOf(search, refusal, paramsOf) {
  return async (signal) => {
    const event = await firstEvent(search, signal);
    if (event === undefined) return refusal;
    go("events", paramsOf(event.globalPosition));
  };
}
