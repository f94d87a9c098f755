/**
 * Messages as a program wants them, with their payloads parsed.
 *
 * @module
 */

import type { Message } from "../message.ts";

/** A JSON object, parsed. */
export type JsonObject = Record<string, unknown>;

/** A message with its payloads parsed. Numbers are JavaScript's: ask for `raw` where that is too few. */
export interface ParsedMessage extends Omit<Message, "data" | "metadata"> {
  /** The payload; `null` only where an import brought one without. */
  data: JsonObject | null;
  /** What is said about the message, or `null`. */
  metadata: JsonObject | null;
}

/**
 * Parses a message's payloads.
 *
 * @param message The message as it is stored.
 * @returns The same with values in place of texts.
 */
export function parsePayloads(message: Message): ParsedMessage {
  const { id, stream, type, position, globalPosition, data, metadata, time } = message;
  return {
    id,
    stream,
    type,
    position,
    globalPosition,
    data: JSON.parse(data) as JsonObject | null,
    metadata: metadata === null ? null : JSON.parse(metadata) as JsonObject | null,
    time,
  };
}
