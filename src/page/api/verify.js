// @ts-check
/**
 * Verifications: of the namespace by itself, or of a file by itself and against the namespace.
 *
 * @module
 */

import { untilDone } from "./until_done.js";

/**
 * What `eventodb verify --json` says.
 *
 * @typedef {object} Verification
 * @property {boolean} ok
 * @property {number} events
 * @property {number} streams
 * @property {number} categories
 * @property {number | null} first The lowest global position.
 * @property {number | null} last
 * @property {number} gaps How many times positions are missing, which is normal.
 * @property {Record<string, number>} counts How many problems there are of each kind.
 * @property {{kind: string, message: string, line?: number}[]} problems The first ones.
 */

/**
 * @param {{file: Blob, isGzip: boolean} | null} given The file; `null` for the namespace by itself.
 * @param {object} options
 * @param {AbortSignal} options.signal Ends it.
 * @param {(text: {sentBytes?: number, events?: number, compared?: number}) => void} options.onProgress
 * @returns {Promise<Verification>}
 */
export async function verify(given, { signal, onProgress }) {
  const found = await untilDone("verify", {
    ...given ?? {},
    signal,
    onSent: (sentBytes) => onProgress({ sentBytes }),
    onEvent: onProgress,
    lost: "The connection was lost",
  });
  return /** @type {Verification} */ (found);
}
