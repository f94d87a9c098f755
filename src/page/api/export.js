// @ts-check
/// <reference lib="dom" />
/**
 * Exports: the records of a selection, as they are stored.
 *
 * @module
 */

import { linesOf } from "./lines.js";
import { ServerError } from "./problem.js";
import { read, request, untilBack } from "./server.js";

/**
 * The selection, by the fields of `POST /export`.
 *
 * @typedef {Record<string, string | number | boolean | readonly string[]>} Selection
 */

/** How much is put together before it leaves the memory of the page, in characters. */
const partChars = 8 * 1024 * 1024;

/**
 * Reads an export into a file. Where the connection is lost it goes on after the last event, so that the file has
 * every event once.
 *
 * @param {string} namespace
 * @param {Selection} selection
 * @param {object} options
 * @param {AbortSignal} options.signal
 * @param {(events: number, bytes: number) => void} options.onProgress
 * @returns {Promise<{file: Blob, events: number}>}
 */
export async function exportFile(namespace, selection, { signal, onProgress }) {
  const { globalPosition } = await read("ns.info", [namespace], { signal });
  const to = Math.min(Number(selection.to ?? Infinity), globalPosition);
  let from = Number(selection.from ?? 1);
  let events = 0;
  let file = new Blob([], { type: "application/x-ndjson" });
  /** @type {string[]} */
  let part = [];
  let chars = 0;
  const flush = () => {
    file = new Blob([file, ...part], { type: file.type });
    part = [];
    chars = 0;
    onProgress(events, file.size);
  };
  await untilBack(async () => {
    if (from > to) return;
    const body = JSON.stringify({ ...selection, from, to });
    for await (const line of linesOf(await request("export", { body, signal }))) {
      if (line.trim() === "") continue;
      from = positionOf(line) + 1;
      events++;
      part.push(line, "\n");
      chars += line.length;
      if (chars >= partChars) flush();
      else if (events % 5000 === 0) onProgress(events, file.size + chars);
    }
  }, signal);
  flush();
  return { file, events };
}

/**
 * The global position of a record. The server writes the payloads after it, and names with quotes escaped.
 *
 * @param {string} line
 * @returns {number}
 */
function positionOf(line) {
  const found =
    /^\{"id":"(?:[^"\\]|\\.)*","stream":"(?:[^"\\]|\\.)*","type":"(?:[^"\\]|\\.)*","pos":\d+,"gpos":(\d+)/
      .exec(line);
  if (found === null) {
    throw new ServerError(
      "FOREIGN_RESPONSE",
      `The export has a line that is not a record: ${line.slice(0, 200)}`,
    );
  }
  return Number(found[1]);
}
