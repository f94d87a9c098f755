/**
 * Body → batches of records, for whoever wants them as objects.
 *
 * @module
 */

import { unpackRecords } from "../store/packed_records.ts";
import type { ImportRecord } from "../store/store.ts";
import { type BatchesOptions, packedBatches } from "./packed_batches.ts";

/**
 * Reads records in batches, as {@linkcode packedBatches} does.
 *
 * @param body NDJSON.
 * @param options A signal; a bound.
 * @returns The batches, none of them empty.
 * @throws {EventoDBError} `INVALID_JSON`, `INVALID_RECORD` or `LINE_TOO_LONG` of the first bad line.
 */
export async function* recordBatches(
  body: ReadableStream<Uint8Array>,
  options: BatchesOptions = {},
): AsyncGenerator<ImportRecord[]> {
  for await (const batch of packedBatches(body, options)) yield unpackRecords(batch);
}
