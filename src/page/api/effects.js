// @ts-check
/// <reference lib="dom" />
/**
 * What an event has caused.
 *
 * @module
 */

import { facts } from "../state/session.js";
import { linksIn } from "../text/links.js";
import { exactPattern } from "../text/patterns.js";
import { ServerError } from "./problem.js";
import { searchEvents } from "./search.js";
import { request, textOf, untilBack } from "./server.js";

/**
 * @typedef {import("./event.js").Event} Event
 * @typedef {{events: Event[], next: number | null, position: number, isFar: boolean}} Effects `next`: not `null` where
 * there may be more, beyond `position`.
 */

/** Links to a stream are followed unless its streams have more events than this together. */
const relatedEventsMax = 1_000_000;
/** Most streams that are looked into one by one; a request has to hold their names. */
const streamsMax = 5_000;
/** How many searches follow each other, once somebody asks for it. */
const searchesMax = 20;

/**
 * Looks for the events that name another one as their cause. Causes come before effects: at first one search, which the
 * server bounds, looks at what comes soon after it; asked to look further, it goes on, in the streams that have a link
 * to the event's stream where the server knows them.
 *
 * @param {Event} event
 * @param {{isFar: boolean, max: number}} options
 * @param {AbortSignal} signal
 * @returns {Promise<Effects>}
 */
export async function effectsOf(event, { isFar, max }, signal) {
  const streams = isFar ? await linkedStreams(event.stream, signal) : undefined;
  /** @type {Event[]} */
  const events = [];
  let position = event.globalPosition;
  /** @type {number | null} */
  let next = position + 1;
  if (streams?.length === 0) return { events, next: null, position, isFar };
  // The stream's name would be found in every event of a workflow; this is in those that name the event, and in few others.
  const text = `GlobalPosition":${event.globalPosition}`;
  for (let searches = 0; next !== null && searches < (isFar ? searchesMax : 1); searches++) {
    const wanted = { streams, text, from: next, limit: 200 };
    const found = await searchEvents(wanted, signal);
    for (const one of found.events) {
      if (!isCausedBy(one.metadata, event)) continue;
      events.push(one);
      if (events.length === max) return { events, next: found.next, position, isFar };
    }
    ({ next, position } = found);
  }
  return { events, next, position, isFar };
}

/**
 * @param {string | null} metadata Of an event that may be an effect.
 * @param {Pick<Event, "stream" | "position" | "globalPosition">} cause
 * @returns {boolean} Whether it names that event, by its global position. What else it says of it has to be right, too.
 */
export function isCausedBy(metadata, cause) {
  const link = linksIn(metadata).find(({ kind }) => kind === "cause");
  return link?.globalPosition === cause.globalPosition &&
    (link.stream ?? cause.stream) === cause.stream &&
    (link.position ?? cause.position) === cause.position;
}

/**
 * @param {string} stream
 * @param {AbortSignal} signal
 * @returns {Promise<string[] | undefined>} Patterns of the streams that link to it; `undefined` where they are not known,
 * or too many.
 */
async function linkedStreams(stream, signal) {
  if (!facts.current?.features.includes("relate")) return undefined;
  const body = JSON.stringify({
    relatedTo: [exactPattern(stream)],
    direction: "effects",
    depth: 1,
    eventsMax: relatedEventsMax,
  });
  const headers = { "Content-Type": "application/json" };
  const { streams, error } = JSON.parse(
    await untilBack(
      async () => await textOf(await request("related", { body, headers, signal })),
      signal,
    ).catch((refused) => {
      if (refused instanceof ServerError && refused.code === "INVALID_REQUEST") return "{}";
      throw refused;
    }),
  );
  if (error !== undefined && error.code !== "INVALID_REQUEST") {
    throw new ServerError(String(error.code), String(error.message));
  }
  return streams?.length <= streamsMax ? streams.map(exactPattern) : undefined;
}
