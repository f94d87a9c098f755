/**
 * Server-sent events → the data of each.
 *
 * @module
 */

import { serverEvents } from "./server_events.ts";

/**
 * Reads the data of server-sent events. Comments and other fields are passed over.
 *
 * @param chunks The stream's text, in pieces cut anywhere.
 * @returns The data of each event; the lines of one event are joined by line feeds.
 * @throws {EventoDBError} `UNEXPECTED_ANSWER` for an event without end.
 */
export async function* eventData(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const { data } of serverEvents(chunks)) yield data;
}
