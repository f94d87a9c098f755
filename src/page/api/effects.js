// @ts-check
/// <reference lib="dom" />
/**
 * What an event has caused.
 *
 * @module
 */

import { linksIn } from "../text/links.js";
import { searchEvents } from "./search.js";

/**
 * @typedef {import("./event.js").Event} Event
 * @typedef {{events: Event[], next: number | null, position: number}} Effects `next`: not `null` where there may be more,
 * beyond `position`.
 */

/** How many effects are found at most. */
export const effectsMax = 50;

/**
 * Looks for the events that name another one as their cause. Causes come before effects: one search, which the server
 * bounds, looks at what comes soon after it, and no index of all links has to be made first.
 *
 * @param {Event} event
 * @param {{searches: number}} options How many searches follow each other where the first do not reach the end.
 * @param {AbortSignal} signal
 * @returns {Promise<Effects>}
 */
export async function effectsOf(event, { searches }, signal) {
  /** @type {Event[]} */
  const events = [];
  // The stream's name would be found in every event of a workflow; this is in those that name the event, and in few others.
  const text = `GlobalPosition":${event.globalPosition}`;
  let position = event.globalPosition;
  /** @type {number | null} */
  let next = position + 1;
  for (let count = 0; next !== null && count < searches && events.length < effectsMax; count++) {
    const found = await searchEvents({ text, from: next, limit: 200 }, signal);
    ({ next, position } = found);
    events.push(...found.events.filter(({ metadata }) => isCausedBy(metadata, event)));
  }
  return { events: events.slice(0, effectsMax), next, position };
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
