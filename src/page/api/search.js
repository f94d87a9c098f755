// @ts-check
/// <reference lib="dom" />
/**
 * Events by what is wanted of them, a page at a time.
 *
 * @module
 */

import { elementsOf, membersOf } from "../text/raw_json.js";
import { eventOfMessage } from "./event.js";
import { readText } from "./server.js";

/**
 * @typedef {import("./event.js").Event} Event
 *
 * @typedef {object} Wanted What is wanted; all that is given must hold.
 * @property {readonly string[]} [categories]
 * @property {readonly string[]} [streams] Patterns.
 * @property {readonly string[]} [types] Patterns.
 * @property {string} [text] In payloads, metadata and names.
 * @property {string} [since] RFC 3339.
 * @property {string} [until] RFC 3339, exclusive.
 * @property {string} [id] Of the message.
 *
 * @typedef {Wanted & {from?: number, to?: number, limit?: number}} Search With inclusive bounds of the global position.
 *
 * @typedef {object} Found
 * @property {Event[]} events By global position.
 * @property {number | null} next From where to go on; `null` at the end. There may be no events and a next.
 * @property {number} position Up to which global position all have been found.
 * @property {number} looked How many events were looked at.
 */

/**
 * Searches, within the server's bounds of a call.
 *
 * @param {Search} search
 * @param {AbortSignal} [signal]
 * @returns {Promise<Found>}
 */
export async function searchEvents(search, signal) {
  const found = Object.fromEntries(membersOf(await readText("ns.search", [search], { signal })));
  const next = found.next ?? "null";
  return {
    events: elementsOf(found.messages ?? "[]").map(eventOfMessage),
    next: next === "null" ? null : Number(next),
    position: Number(found.position),
    looked: Number(found.looked),
  };
}

/**
 * Searches until something is found, or all has been looked at.
 *
 * @param {Search} search
 * @param {AbortSignal} [signal]
 * @returns {Promise<Event | undefined>} The first event.
 */
export async function firstEvent(search, signal) {
  for (let from = search.from;;) {
    const { events: [first], next } = await searchEvents({ ...search, from, limit: 1 }, signal);
    if (first !== undefined || next === null) return first;
    from = next;
  }
}
