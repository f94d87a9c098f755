// @ts-check
/// <reference lib="dom" />
/**
 * What an event has caused.
 *
 * @module
 */

import { fits, linksIn } from "../text/links.js";
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
 * bounds, looks at what comes soon after it, and no index of all links has to be made first. Each way in which an event
 * is named is looked for by itself, once the ones before have come to the end.
 *
 * @param {Event} event
 * @param {{searches: number}} options How many searches follow each other where the first do not reach the end.
 * @param {AbortSignal} signal
 * @returns {Promise<Effects>}
 */
export async function effectsOf(event, { searches }, signal) {
  const { id, stream, globalPosition, metadata } = event;
  // Stores that keep JSON in their own way write it so in each event.
  const colon = metadata?.includes('": ') ? '": ' : '":';
  /** @type {Map<number, Event>} */
  const found = new Map();
  let position = globalPosition;
  /** @type {number | null} */
  let next = null;
  for (
    const text of [
      // The stream's name would be found in every event of a workflow; this is in those that name the event, and in few others.
      `GlobalPosition${colon}${globalPosition}`,
      id,
      `causationMessageStreamName${colon}${JSON.stringify(stream)}`,
    ]
  ) {
    next = globalPosition + 1;
    while (next !== null && searches > 0 && found.size < effectsMax) {
      const page = await searchEvents({ text, from: next, limit: 200 }, signal);
      ({ next, position } = page);
      for (const one of page.events) {
        if (isCausedBy(one.metadata, event)) found.set(one.globalPosition, one);
      }
      if (next !== null) searches--;
    }
    if (next !== null) break;
  }
  const events = [...found.values()].sort((a, b) => a.globalPosition - b.globalPosition);
  return { events: events.slice(0, effectsMax), next, position };
}

/**
 * @param {string | null} metadata Of an event that may be an effect.
 * @param {Pick<Event, "id" | "stream" | "position" | "globalPosition">} cause
 * @returns {boolean} Whether it names that event: by its global position, its position in its stream or its id. What
 * else it says of it has to be right, too; an id may be that of another one, which is why it is looked at last.
 */
export function isCausedBy(metadata, cause) {
  const link = linksIn(metadata).find(({ kind }) => kind === "cause");
  if (link === undefined) return false;
  const { stream, position, globalPosition, id } = link;
  return fits(link, cause) && (globalPosition ?? cause.globalPosition) === cause.globalPosition &&
    (globalPosition !== undefined || id === cause.id ||
      stream !== undefined && position !== undefined);
}
