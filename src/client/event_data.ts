/**
 * Server-sent events → the data of each.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { eventLineCharsMax } from "../limits.ts";

/**
 * Reads the data of server-sent events. Comments and other fields are passed over.
 *
 * @param chunks The stream's text, in pieces cut anywhere.
 * @returns The data of each event; the lines of one event are joined by line feeds.
 * @throws {EventoDBError} `UNEXPECTED_ANSWER` for a line without end.
 */
export async function* eventData(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  const data: string[] = [];
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    if (rest.length > eventLineCharsMax) {
      throw new EventoDBError(
        "UNEXPECTED_ANSWER",
        `Cannot use the server's events: a line is longer than ${eventLineCharsMax} characters`,
      );
    }
    for (const line of lines) {
      const text = line.endsWith("\r") ? line.slice(0, -1) : line;
      if (text === "" && data.length > 0) yield data.splice(0).join("\n");
      else if (text.startsWith("data:")) data.push(text.slice(text[5] === " " ? 6 : 5));
    }
  }
}
