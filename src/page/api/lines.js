// @ts-check
/// <reference lib="dom" />
/**
 * Lines of a response, as they come.
 *
 * @module
 */

import { errorOf } from "./server.js";

/**
 * Reads lines. Leaving early ends the response.
 *
 * @param {Response} response
 * @returns {AsyncGenerator<string, void>} Each line without its end. What follows the last line end is a line too,
 * unless it is empty.
 */
export async function* linesOf(response) {
  if (response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  /** @type {string[]} */
  let parts = [];
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error) => {
        throw errorOf(error);
      });
      if (done) break;
      const [first = "", ...rest] = value.split("\n");
      parts.push(first);
      for (const next of rest) {
        yield parts.join("");
        parts = [next];
      }
    }
    const last = parts.join("");
    if (last !== "") yield last;
  } finally {
    reader.cancel().catch(() => {});
  }
}
