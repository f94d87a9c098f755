/**
 * The lines of a place in the form in which exports write them, whatever the form of a file.
 *
 * @module
 */

import type { Slice } from "../../slice/slice.ts";
import { type ExportChunk, exportChunks } from "../../transfer/export.ts";
import { FileSource } from "../../transfer/sources/file_source.ts";
import type { EventPlace } from "../transfer/event_place.ts";

/**
 * Reads the lines that an export would write.
 *
 * @param place Where the events are.
 * @param slice Which of them.
 * @param signal Ends the reading.
 * @returns The lines.
 */
export async function* canonicalLines(
  place: EventPlace,
  slice: Slice,
  signal: AbortSignal,
): AsyncGenerator<ExportChunk> {
  const source = new FileSource(place.name, () => place.open(slice), "Cannot check");
  yield* exportChunks(source, { signal });
}
