// @ts-check
/// <reference lib="dom" />
/**
 * Requests whose response is server-sent events that end with `done` or an error: imports and verifications.
 * `XMLHttpRequest` tells how much of a body has gone up, which `fetch` does not.
 *
 * @module
 */

import { currentNamespace, tokenOf } from "../state/session.js";
import { ServerError } from "./problem.js";
import { problemOf } from "./server.js";

/**
 * @typedef {object} EventsOptions
 * @property {Blob} [file] What is sent, as a `POST`.
 * @property {boolean} [isGzip] Whether it is compressed.
 * @property {AbortSignal} signal Ends it.
 * @property {(bytes: number) => void} [onSent] How much of the file has gone up.
 * @property {(event: Record<string, any>) => void} onEvent Each event but the last.
 * @property {string} lost What it means that the connection was lost.
 */

/**
 * @param {string} path Such as `import?force=true`.
 * @param {EventsOptions} options
 * @returns {Promise<Record<string, any>>} The event that says `done`.
 * @throws {ServerError} `CONNECTION_LOST` when the connection was lost before it.
 */
export function untilDone(path, { file, isGzip, signal, onSent, onEvent, lost }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(file === undefined ? "GET" : "POST", new URL(path, document.baseURI));
    const token = tokenOf(currentNamespace());
    if (typeof token === "string") request.setRequestHeader("Authorization", `Bearer ${token}`);
    if (file !== undefined) request.setRequestHeader("Content-Type", "application/x-ndjson");
    if (isGzip) request.setRequestHeader("Content-Encoding", "gzip");

    let looked = 0;
    /** The event that ended it, if one has come. @type {Record<string, any>} */
    let last = {};
    const read = () => {
      if (request.status !== 200) return;
      const end = request.responseText.lastIndexOf("\n\n") + 2;
      if (end < 2 || end <= looked) return;
      for (const block of request.responseText.slice(looked, end).split("\n\n")) {
        if (!block.startsWith("data: ")) continue;
        const event = JSON.parse(block.slice("data: ".length));
        if (event.done || event.error !== undefined) last = event;
        else onEvent(event);
      }
      looked = end;
    };
    const settle = () => {
      if (last.done) resolve(last);
      else if (last.error === undefined) reject(new ServerError("CONNECTION_LOST", lost));
      else reject(new ServerError(last.error, last.message, { line: last.line }));
    };
    request.upload.onprogress = ({ loaded }) => onSent?.(Math.min(loaded, file?.size ?? 0));
    request.onprogress = read;
    request.onload = () => {
      if (request.status !== 200) return reject(problemOf(request.status, request.responseText));
      read();
      settle();
    };
    // What had come before is read by then: an error of the connection empties the response.
    request.onerror = settle;
    request.onabort = () => reject(new DOMException("It was ended", "AbortError"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}
