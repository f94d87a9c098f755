/**
 * Messages as a JSON array, a page at a time.
 *
 * @module
 */

import { batchSizeDefault, batchSizeMax } from "../limits.ts";
import type { Message } from "../message.ts";
import type { Fields } from "./fields.ts";

/**
 * Reads `batchSize`.
 *
 * @param options The option object that may hold it.
 * @returns How many messages to read at most; `Infinity` for all, the default for 0.
 */
export function batchSizeOf(options: Fields): number {
  const size = options.optionalInteger("batchSize", { min: -1, max: batchSizeMax });
  return size === -1 ? Infinity : size || batchSizeDefault;
}

/**
 * Puts pages of messages together to one JSON array. The text comes in parts, one a page, so that
 * neither side ever holds more than that.
 *
 * @param pages The messages.
 * @param format Makes the JSON text of one message.
 */
export async function* messagesJson(
  pages: AsyncIterable<Message[]>,
  format: (message: Message) => string,
): AsyncIterable<string> {
  let opening = "[";
  let held = "";
  for await (const page of pages) {
    // One page is held back, so that a single one comes out whole, with its closing bracket.
    if (held !== "") yield held;
    held = "";
    // Adding one by one is faster than joining a list of them.
    for (const message of page) {
      held += opening + format(message);
      opening = ",";
    }
  }
  yield held === "" ? "[]" : `${held}]`;
}
