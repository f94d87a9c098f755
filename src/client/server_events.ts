/**
 * Server-sent events, taken out of the text that carries them.
 *
 * @module
 */

import { createParser, type EventSourceMessage } from "../deps/eventsource_parser.ts";
import { EventoDBError } from "../errors.ts";
import { eventCharsMax, unknownLinesMax } from "./limits.ts";

/** An event. */
export interface ServerEvent {
  /** What it is called; absent where the server gave no name. */
  event?: string;
  /** Its data; the lines of one event are joined by line feeds. */
  data: string;
}

/**
 * Reads server-sent events. An event that was not completed is passed over.
 *
 * @param chunks The stream's text, in chunks cut anywhere.
 * @param onComment Called with each comment. Default: they are passed over.
 * @throws {EventoDBError} `UNEXPECTED_ANSWER` for an event without end, or lines of something else.
 */
export async function* serverEvents(
  chunks: AsyncIterable<string>,
  onComment?: (comment: string) => void,
): AsyncGenerator<ServerEvent> {
  const events: EventSourceMessage[] = [];
  let tooLong = false;
  let unknownLines = 0;
  const parser = createParser({
    maxBufferSize: eventCharsMax,
    onComment,
    onEvent: (event) => events.push(event),
    onError({ type }) {
      if (type === "max-buffer-size-exceeded") tooLong = true;
      else unknownLines++;
    },
  });
  for await (const chunk of chunks) {
    parser.feed(chunk);
    yield* events.splice(0);
    // Some are passed over, as the standard says; each costs more than a line that is known.
    if (unknownLines > unknownLinesMax) {
      throw new EventoDBError(
        "UNEXPECTED_ANSWER",
        `Cannot use the server's events: more than ${unknownLinesMax} lines belong to no event`,
      );
    }
    if (tooLong) {
      throw new EventoDBError(
        "UNEXPECTED_ANSWER",
        `Cannot use the server's events: one is longer than ${eventCharsMax} characters`,
      );
    }
  }
}
