/**
 * `ns.search`: messages by their text, by their id, and by what a slice selects.
 *
 * @module
 */

import { isRecord } from "../json/is_record.ts";
import { splitArray, splitObject } from "../json/scan.ts";
import type { Message } from "../message.ts";
import { parseCategoryMessage } from "../record/wire.ts";
import type { SearchPage } from "../search_page.ts";
import type { Slice } from "../slice/slice.ts";

/** What is looked for. All that is given must hold; an empty query finds every message. */
export interface SearchQuery extends
  Pick<
    Slice,
    | "categories"
    | "streams"
    | "types"
    | "excludeCategories"
    | "excludeStreams"
    | "excludeTypes"
    | "since"
    | "until"
    | "from"
    | "to"
  > {
  /**
   * A text in the payload, in the metadata, or in the name of a stream, of a type or in an id, in upper or lower case:
   * up to 1,000 characters. In payloads it is looked for in the JSON text as it is stored, which has no white space
   * between values, and in what its strings say: `"` also where it is written `\"`, and `ü` where it is `\u00fc`.
   */
  text?: string;
  /** The message's id. */
  id?: string;
  /**
   * Most messages of the page, 1–1,000. Large ones make it shorter.
   *
   * @default {100}
   */
  limit?: number;
}

/**
 * Reads the result.
 *
 * @param text JSON text.
 * @returns The page, its payloads as texts.
 * @throws {Error} It is not a page.
 */
export function parseSearchPage(text: string): SearchPage<Message> {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value)) throw new Error("it is not an object");
  const { next, position, looked } = value;
  const messages = new Map(splitObject(text)).get("messages");
  if (
    messages === undefined || !(next === null || typeof next === "number") ||
    typeof position !== "number" || typeof looked !== "number"
  ) throw new Error("it is not the page of a search");
  return { messages: splitArray(messages).map(parseCategoryMessage), next, position, looked };
}
