// @ts-check
/**
 * Events as the page holds them: payloads as the exact text that is stored.
 *
 * @module
 */

import { elementsOf, membersOf } from "../text/raw_json.js";

/**
 * @typedef {object} Event
 * @property {string} id
 * @property {string} stream
 * @property {string} type
 * @property {number} position Position in its stream.
 * @property {number} globalPosition
 * @property {string} data JSON text.
 * @property {string | null} metadata JSON text of an object, or `null`.
 * @property {string} time RFC 3339 in UTC, up to nanoseconds.
 */

/**
 * Reads a message as `category.get` and `ns.search` have it.
 *
 * @param {string} text JSON text of its eight elements.
 * @returns {Event} The event.
 */
export function eventOfMessage(text) {
  const [id = "", stream = "", ...rest] = elementsOf(text);
  return eventOf(id, JSON.parse(stream), rest);
}

/**
 * Reads a message as `stream.get` has it.
 *
 * @param {string} text JSON text of its seven elements.
 * @param {string} stream
 * @returns {Event} The event.
 */
export function eventOfStreamMessage(text, stream) {
  const [id = "", ...rest] = elementsOf(text);
  return eventOf(id, stream, rest);
}

/**
 * @param {string} id
 * @param {string} stream
 * @param {string[]} rest
 * @returns {Event}
 */
function eventOf(id, stream, rest) {
  const [type, position, globalPosition, data, metadata, time] =
    /** @type {[string, string, string, string, string, string]} */ (rest);
  return {
    id: JSON.parse(id),
    stream,
    type: JSON.parse(type),
    position: Number(position),
    globalPosition: Number(globalPosition),
    data,
    metadata: metadata === "null" ? null : metadata,
    time: JSON.parse(time),
  };
}

/**
 * Reads a record, as `/export` has it, a line each.
 *
 * @param {string} line A line.
 * @returns {Event} The event.
 */
export function eventOfRecord(line) {
  const fields = Object.fromEntries(membersOf(line));
  const { id, stream, type, pos, gpos, data, meta, time } = /** @type {Record<string, string>} */ (
    fields
  );
  return {
    id: JSON.parse(id ?? '""'),
    stream: JSON.parse(stream ?? '""'),
    type: JSON.parse(type ?? '""'),
    position: Number(pos),
    globalPosition: Number(gpos),
    data: data ?? "null",
    metadata: meta === undefined || meta === "null" ? null : meta,
    time: JSON.parse(time ?? '""'),
  };
}

/**
 * Writes the record of an event: the line that an export has of it.
 *
 * @param {Event} event The event.
 * @returns {string} The line, without its end.
 */
export function recordOf(event) {
  const text = JSON.stringify;
  return `{"id":${text(event.id)},"stream":${text(event.stream)},"type":${text(event.type)},` +
    `"pos":${event.position},"gpos":${event.globalPosition},"data":${event.data},` +
    `"meta":${event.metadata ?? "null"},"time":${text(event.time)}}`;
}
