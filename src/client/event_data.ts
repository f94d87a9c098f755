/**
 * Server-sent events → the data of each.
 *
 * @module
 */

import { serverEvents } from "./server_events.ts";

/**
 * Reads the data of server-sent events. Other fields are passed over.
 *
 * @param chunks The stream's text, in chunks cut anywhere.
 * @param onComment Called with each comment. Default: they are passed over.
 * @returns The data of each event; the lines of one event are joined by line feeds.
 * @throws {EventoDBError} `UNEXPECTED_ANSWER` for an event without end.
 */
export async function* eventData(
  chunks: AsyncIterable<string>,
  onComment?: (comment: string) => void,
): AsyncGenerator<string> {
  for await (const { data } of serverEvents(chunks, onComment)) yield data;
}
