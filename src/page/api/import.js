// @ts-check
/**
 * Imports.
 *
 * @module
 */

import { untilDone } from "./until_done.js";

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
 * @throws {import("./problem.js").ServerError} With the offending line; `CONNECTION_LOST` when nobody knows whether it
 * is done.
 */
export async function importFile(file, { isGzip, mode, signal, onProgress }) {
  const query = { add: "", skip: "?existing=skip", replace: "?force=true" }[mode];
  let progress = { sentBytes: 0, totalBytes: file.size, imported: 0 };
  const advance = (/** @type {Partial<ImportProgress>} */ more) => {
    progress = { ...progress, ...more };
    onProgress(progress);
  };
  const done = await untilDone(`import${query}`, {
    file,
    isGzip,
    signal,
    onSent: (sentBytes) => advance({ sentBytes }),
    onEvent: ({ imported }) => advance({ imported }),
    lost:
      "The connection was lost: nobody knows whether the import is done. Import the file again and skip what is there",
  });
  return /** @type {ImportDone} */ (done);
}
