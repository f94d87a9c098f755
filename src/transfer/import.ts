/**
 * The import: NDJSON → a store, all of it or nothing.
 *
 * @module
 */

import { importBatchesWaitingMax } from "./limits.ts";
import { EventoDBError } from "../errors.ts";
import type { ImportProgress, ImportResult } from "../import_result.ts";
import { isLarge, type LongLines, packedBatches } from "../record/packed_batches.ts";
import { Packed, packedNumbers, type PackedRecords } from "../record/packed_records.ts";
import type { ImportMode, ImportUnit, Store } from "../store/store.ts";

/** What an import may be given besides its records. */
export interface ImportOptions {
  /** Ends the import: it is rolled back and rejects with the signal's reason. */
  signal?: AbortSignal;
  /**
   * With `force`: let no record at all empty the namespace, too.
   *
   * @default {false}
   */
  allowEmpty?: boolean;
  /** Asked where a line is longer than `ordinaryLineBytesMax`. */
  longLines?: LongLines;
  /** Called after each batch. */
  onProgress?: (progress: ImportProgress) => void;
}

/**
 * Imports records into a namespace. Either all of them are there and durable when it resolves, or it
 * rejects and the namespace is as it was.
 *
 * @param body NDJSON, as an export writes it. It is cancelled when the import fails.
 * @param namespace The namespace, which must be there.
 * @param options How to treat what the namespace holds; a signal; a listener.
 * @returns How many records were written and skipped.
 * @throws {EventoDBError} `INVALID_JSON`, `INVALID_RECORD`, `LINE_TOO_LONG`, `POSITION_EXISTS` or
 * `MESSAGE_ID_EXISTS` with the offending line; `IMPORT_IN_PROGRESS`, `NAMESPACE_NOT_FOUND`;
 * `IMPORT_FAILED` with its cause when the body or the backend fails.
 */
export async function importRecords(
  body: ReadableStream<Uint8Array>,
  store: Store,
  namespace: string,
  options: ImportOptions & ImportMode = {},
): Promise<ImportResult> {
  const { force, existing, signal } = options;
  try {
    signal?.throwIfAborted();
    await using unit = await store.beginImport(namespace, { force, existing });
    return await importInto(unit, body, options);
  } catch (error) {
    // Once reading has begun, whatever ended it has released the body too.
    if (!body.locked) await body.cancel(error).catch(() => {});
    if (error instanceof EventoDBError || signal?.aborted) throw error;
    throw importFailed(error);
  }
}

/**
 * Writes records into an import that has begun, and commits it. The caller disposes of it.
 *
 * @param unit The import.
 * @param body NDJSON, as for {@linkcode importRecords}.
 * @param options The mode that it was begun with; a signal; a listener.
 * @returns How many records were written and skipped.
 * @throws {EventoDBError} As {@linkcode importRecords}; failures of the body come as they are.
 */
export async function importInto(
  unit: ImportUnit,
  body: ReadableStream<Uint8Array>,
  options: ImportOptions & ImportMode = {},
): Promise<ImportResult> {
  const { signal, longLines, onProgress } = options;
  const start = performance.now();
  const count = { imported: 0, skipped: 0 };
  let globalPosition = 0;
  const spare: PackedRecords[] = [];
  const write = async (batch: PackedRecords) => {
    const last = batch.numbers[(batch.length - 1) * packedNumbers + Packed.globalPosition]!;
    const { imported, skipped } = await unit.write(batch);
    spare.push(batch);
    count.imported += imported;
    count.skipped += skipped;
    if (imported > 0) globalPosition = last;
    onProgress?.({ imported: count.imported, globalPosition });
  };
  // The next batch is read while one is written: the two take about as long.
  const writing: Promise<void>[] = [];
  try {
    for await (const batch of packedBatches(body, { signal, longLines, spare })) {
      if (writing.length === importBatchesWaitingMax) await writing.shift();
      const written = write(batch);
      // Awaited below at the latest; until then it must not count as unhandled.
      written.catch(() => {});
      writing.push(written);
      // So that there is one of them in memory.
      if (isLarge(batch)) { while (writing.length > 0) await writing.shift(); }
    }
  } catch (error) {
    // What is wrong with a batch comes before what is wrong with the lines after it; some of it is found
    // only by a look at all that was written.
    for (const written of writing) await written;
    if (error instanceof EventoDBError && error.line !== undefined) await unit.check();
    throw error;
  }
  for (const written of writing) await written;
  if (options.force && !options.allowEmpty && count.imported + count.skipped === 0) {
    throw nothingToReplaceWith();
  }
  // From here on it cannot be aborted: a commit is atomic.
  signal?.throwIfAborted();
  await unit.commit();
  return { ...count, elapsedMs: performance.now() - start };
}

/** The end of an input is not its completeness: an empty body must not empty a namespace. */
function nothingToReplaceWith(): EventoDBError {
  return new EventoDBError(
    "IMPORT_FAILED",
    "Cannot import: there is no record at all, and force would leave the namespace empty. " +
      "Nothing was changed. If it is to be emptied, allow that too (allowEmpty=true)",
    { status: 400 },
  );
}

function importFailed(cause: unknown): EventoDBError {
  const problem = cause instanceof Error ? cause.message : String(cause);
  return new EventoDBError("IMPORT_FAILED", `Cannot import: ${problem}`, { cause });
}
