/**
 * Messages → lines of an export, for sources that read messages.
 *
 * @module
 */

import type { Message } from "../../message.ts";
import { formatRecords } from "../../record/format.ts";
import { isWithin } from "../../slice/window.ts";
import type { SourceLines, SourceQuery } from "../export.ts";

const encoder = new TextEncoder();

/**
 * Writes messages as lines, leaving out those that are not in the query's window of time.
 *
 * @param pages The messages, in ascending global position; no page is empty.
 * @param query The query whose result they are.
 * @returns The lines of each page, and how far it has looked.
 */
export async function* messageLines(
  pages: AsyncIterable<Message[]>,
  query: SourceQuery,
): AsyncGenerator<SourceLines> {
  for await (const page of pages) {
    const wanted = page.filter(({ time }) => isWithin(time, query));
    yield { bytes: encoder.encode(formatRecords(wanted)), last: page.at(-1)!.globalPosition };
  }
}
