/**
 * Lines → pieces of an export, for sources that read lines.
 *
 * @module
 */

import { LineHead } from "../../record/line_head.ts";
import { categoryOf } from "../../stream_name.ts";
import { type ExportPiece, notAscending, type SourceQuery } from "../export.ts";

/**
 * Counts lines.
 *
 * @param pages Whole lines, in ascending global position.
 * @param query The query that they answer.
 * @returns A piece for each page with a line.
 * @throws {EventoDBError} `UNEXPECTED_ANSWER` when positions do not ascend.
 */
export async function* linePieces(
  pages: AsyncIterable<Uint8Array<ArrayBuffer>>,
  query: SourceQuery,
): AsyncGenerator<ExportPiece> {
  const head = new LineHead();
  const asked = new Set(query.categories);
  const categories = new Set<string>();
  let last = query.from - 1;
  for await (const bytes of pages) {
    let events = 0;
    let first: number | undefined;
    for (let start = 0; start < bytes.length; start = head.end) {
      head.read(bytes, start);
      const { globalPosition } = head;
      if (globalPosition <= last) throw notAscending(globalPosition, last);
      first ??= globalPosition;
      last = globalPosition;
      events++;
      query.tally?.add(head.streamKey, head.position, globalPosition);
      if (categories.size < asked.size) {
        const category = categoryOf(head.stream);
        if (asked.has(category)) categories.add(category);
      }
    }
    if (first !== undefined) yield { bytes, events, first, last, categories };
  }
}
