/**
 * Messages → pieces of an export, for sources that read messages.
 *
 * @module
 */

import type { Message } from "../../message.ts";
import { formatRecords } from "../../record/format.ts";
import { keyOfName } from "../../record/line_head.ts";
import { categoryOf } from "../../stream_name.ts";
import { type ExportPiece, notAscending, type SourceQuery } from "../export.ts";
import { isWithin } from "../../slice/window.ts";

const encoder = new TextEncoder();

/**
 * Writes messages as lines, leaving out those that are not in the query's window of time.
 *
 * @param pages The messages, in ascending global position; no page is empty.
 * @param query The query that they answer.
 * @returns A piece for each page.
 * @throws {EventoDBError} `UNEXPECTED_ANSWER` when positions do not ascend.
 */
export async function* messagePieces(
  pages: AsyncIterable<Message[]>,
  query: SourceQuery,
): AsyncGenerator<ExportPiece> {
  const asked = new Set(query.categories);
  const categories = new Set<string>();
  let last = query.from - 1;
  for await (const page of pages) {
    for (const { globalPosition } of page) {
      if (globalPosition <= last) throw notAscending(globalPosition, last);
      last = globalPosition;
    }
    const wanted = page.filter(({ time }) => isWithin(time, query));
    if (query.tally !== undefined) {
      for (const { stream, position, globalPosition } of wanted) {
        query.tally.add(keyOfName(stream), position, globalPosition);
      }
    }
    if (categories.size < asked.size) {
      for (const { stream } of wanted) {
        const category = categoryOf(stream);
        if (asked.has(category)) categories.add(category);
      }
    }
    yield {
      bytes: encoder.encode(formatRecords(wanted)),
      events: wanted.length,
      first: (wanted[0] ?? page[0]!).globalPosition,
      last: (wanted.at(-1) ?? page.at(-1)!).globalPosition,
      categories,
    };
  }
}
