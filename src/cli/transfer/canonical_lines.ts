/**
 * The lines of an input in the form in which exports write them, whatever the form of a file.
 *
 * @module
 */

import type { Slice } from "../../slice/slice.ts";
import { type ExportChunk, exportChunks } from "../../transfer/export.ts";
import { FileSource } from "../../transfer/sources/file_source.ts";
import type { EventInput } from "./event_input.ts";

/**
 * Reads the lines that an export would write.
 *
 * @param input Where the events are.
 * @param slice Which of them.
 * @param signal Ends the reading.
 */
export async function* canonicalLines(
  input: EventInput,
  slice: Slice,
  signal: AbortSignal,
): AsyncGenerator<ExportChunk> {
  const source = new FileSource(input.name, () => input.open(slice), "Cannot check");
  yield* exportChunks(source, { signal });
}
