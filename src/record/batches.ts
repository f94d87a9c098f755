/**
 * Body → batches of records: the whole reading side of an import.
 *
 * @module
 */

import { batchCharsMax, batchRecordsMax } from "../limits.ts";
import type { ImportRecord } from "../store/store.ts";
import { checkLine, recordLines } from "./lines.ts";
import { parseRecord } from "./parse.ts";

/** What {@linkcode recordBatches} may be given. */
export interface BatchesOptions {
  /** Ends the reading: it throws the signal's reason, and the body is cancelled. */
  signal?: AbortSignal;
}

/**
 * Reads records in batches of at most `batchRecordsMax` records, and of little more than
 * `batchCharsMax` characters. Ended early, it cancels the body.
 *
 * @param body NDJSON. Lines of white space are counted and skipped.
 * @param options A signal.
 * @returns The batches, none of them empty.
 * @throws {EventoDBError} `INVALID_JSON`, `INVALID_RECORD` or `LINE_TOO_LONG` of the first bad line.
 */
export async function* recordBatches(
  body: ReadableStream<Uint8Array>,
  options: BatchesOptions = {},
): AsyncGenerator<ImportRecord[]> {
  let batch: ImportRecord[] = [];
  let chars = 0;
  let line = 0;
  for await (const text of recordLines(body, options)) {
    checkLine(text, ++line);
    if (/^[ \t\r]*$/.test(text)) continue;
    batch.push(parseRecord(text, line));
    chars += text.length;
    if (batch.length < batchRecordsMax && chars < batchCharsMax) continue;
    yield batch;
    batch = [];
    chars = 0;
  }
  if (batch.length > 0) yield batch;
}
