// @ts-check
/// <reference lib="dom" />
/**
 * Reads an event and those around it. Each read is bounded: one of the whole namespace, or of a stream, is asked for in
 * steps.
 *
 * @module
 */

import { lastBelow } from "../text/last_below.js";
import { exactPattern } from "../text/patterns.js";
import { elementsOf } from "../text/raw_json.js";
import { eventOfStreamMessage } from "./event.js";
import { firstEvent } from "./search.js";
import { read, readText } from "./server.js";

/** @typedef {import("./event.js").Event} Event */

/** How many events of the stream are shown before and after. */
const neighboursMax = 3;

/**
 * @typedef {object} Beside
 * @property {readonly Event[]} before
 * @property {readonly Event[]} after
 * @property {number | null} version Position of the stream's last event, where they are of one stream.
 */

/**
 * @param {number} globalPosition
 * @param {AbortSignal} signal
 * @returns {Promise<Event | undefined>}
 */
export function eventAt(globalPosition, signal) {
  return firstEvent({ from: globalPosition, to: globalPosition }, signal);
}

/**
 * The nearest events, whatever their stream.
 *
 * @param {number} globalPosition
 * @param {AbortSignal} signal
 * @returns {Promise<Beside>}
 */
export async function nearest(globalPosition, signal) {
  const [before, after] = await Promise.all([
    lastEvent({}, globalPosition, signal),
    firstEvent({ from: globalPosition }, signal),
  ]);
  return { before: before ? [before] : [], after: after ? [after] : [], version: null };
}

/**
 * @param {import("./search.js").Wanted} wanted
 * @param {number} end
 * @param {AbortSignal} signal
 * @returns {Promise<Event | null>} The last that matches, below a global position.
 */
function lastEvent(wanted, end, signal) {
  const firstFrom = async (/** @type {number} */ from) =>
    await firstEvent({ ...wanted, from, to: end - 1 }, signal) ?? null;
  return lastBelow(end, firstFrom, ({ globalPosition }) => globalPosition);
}

/**
 * @param {Event} event
 * @param {AbortSignal} signal
 * @returns {Promise<Event | null>} The one of the same type before it in its stream.
 */
export function previousOfType({ stream, type, globalPosition }, signal) {
  const wanted = { streams: [exactPattern(stream)], types: [exactPattern(type)] };
  return lastEvent(wanted, globalPosition, signal);
}

/**
 * Those beside an event in its stream.
 *
 * @param {Event} event
 * @param {AbortSignal} signal
 * @returns {Promise<Beside>}
 */
export async function neighboursOf(event, signal) {
  const { stream, position } = event;
  const [before, after, version] = await Promise.all([
    eventsBefore(event, signal),
    streamEvents(stream, position + 1, neighboursMax, signal),
    read("stream.version", [stream], { signal }),
  ]);
  return { before, after, version };
}

/**
 * @param {Event} event
 * @param {AbortSignal} signal
 */
async function eventsBefore({ stream, position, globalPosition }, signal) {
  const from = Math.max(0, position - neighboursMax);
  const near = position === from ? [] : await streamEvents(stream, from, position - from, signal);
  const before = near.filter((event) => event.position < position);
  if (before.length > 0 || from === 0) return before;
  // What comes before a gap.
  const last = await lastEvent({ streams: [exactPattern(stream)] }, globalPosition, signal);
  return last === null ? [] : [last];
}

/**
 * @param {string} stream
 * @param {number} position
 * @param {number} batchSize
 * @param {AbortSignal} signal
 * @returns {Promise<Event[]>}
 */
async function streamEvents(stream, position, batchSize, signal) {
  const text = await readText("stream.get", [stream, { position, batchSize }], { signal });
  return elementsOf(text).map((message) => eventOfStreamMessage(message, stream));
}

/**
 * The event at a position of a stream.
 *
 * @param {string} stream
 * @param {number} position
 * @param {AbortSignal} signal
 * @returns {Promise<Event | null>}
 */
export async function eventOfStream(stream, position, signal) {
  const [event] = await streamEvents(stream, position, 1, signal);
  return event?.position === position ? event : null;
}
