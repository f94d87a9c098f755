// @ts-check
/// <reference lib="dom" />
/**
 * Imports. `XMLHttpRequest` tells how much of a body has gone up, which `fetch` does not.
 *
 * @module
 */

import { currentNamespace, tokenOf } from "../state/session.js";
import { ServerError } from "./problem.js";

/**
 * @typedef {object} ImportProgress
 * @property {number} sentBytes
 * @property {number} totalBytes
 * @property {number} imported Events that are written, inside a unit that is not committed yet.
 */

/**
 * @typedef {object} ImportDone
 * @property {number} imported
 * @property {number} [skipped] Events that were there already.
 * @property {string} elapsed
 */

/**
 * Imports a file: all of it, or nothing.
 *
 * @param {Blob} file
 * @param {object} options
 * @param {boolean} options.isGzip
 * @param {"add" | "skip" | "replace"} options.mode
 * @param {AbortSignal} options.signal Ends it; the server takes everything back.
 * @param {(progress: ImportProgress) => void} options.onProgress
 * @returns {Promise<ImportDone>}
 * @throws {ServerError} With the offending line; `OUTCOME_UNKNOWN` when the connection was lost.
 */
export function importFile(file, { isGzip, mode, signal, onProgress }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const query = { add: "", skip: "?existing=skip", replace: "?force=true" }[mode];
    request.open("POST", new URL(`import${query}`, document.baseURI));
    const token = tokenOf(currentNamespace());
    if (typeof token === "string") request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.setRequestHeader("Content-Type", "application/x-ndjson");
    if (isGzip) request.setRequestHeader("Content-Encoding", "gzip");

    const progress = { sentBytes: 0, totalBytes: file.size, imported: 0 };
    let looked = 0;
    /** The last event that was sent. @type {Record<string, any>} */
    let last = {};
    const read = () => {
      const end = request.responseText.lastIndexOf("\n\n") + 2;
      if (end < 2 || end <= looked) return;
      for (const block of request.responseText.slice(looked, end).split("\n\n")) {
        if (block.startsWith("data: ")) last = JSON.parse(block.slice("data: ".length));
      }
      looked = end;
      if (typeof last.imported === "number") progress.imported = last.imported;
      onProgress({ ...progress });
    };
    request.upload.onprogress = ({ loaded }) => {
      progress.sentBytes = Math.min(loaded, file.size);
      onProgress({ ...progress });
    };
    request.onprogress = () => {
      if (request.status === 200) read();
    };
    request.onload = () => {
      if (request.status !== 200) return reject(refusal(request));
      read();
      if (last.done) return resolve(/** @type {ImportDone} */ (last));
      if (last.error === undefined) return reject(unknownOutcome());
      reject(new ServerError(last.error, last.message, { line: last.line }));
    };
    // What had come before is not to be had by now: an error of the connection empties the response.
    request.onerror = () =>
      reject(
        last.error === undefined
          ? unknownOutcome()
          : new ServerError(last.error, last.message, { line: last.line }),
      );
    request.onabort = () => reject(new DOMException("The import was ended", "AbortError"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

/** @param {XMLHttpRequest} request */
function refusal(request) {
  try {
    const { code, message, details } = JSON.parse(request.responseText).error;
    return new ServerError(code, message, { status: request.status, details });
  } catch {
    return new ServerError(
      "FOREIGN_RESPONSE",
      `The response has the HTTP status ${request.status}`,
      { status: request.status },
    );
  }
}

function unknownOutcome() {
  return new ServerError(
    "OUTCOME_UNKNOWN",
    "The connection was lost before the server said whether the import is done. Import the file again, and skip " +
      "what is there already: that finds out",
  );
}
