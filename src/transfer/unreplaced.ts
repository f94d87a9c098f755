/**
 * The export of a namespace whose events are still the same when it ends: what is compared must not be half
 * of one history and half of another.
 *
 * @module
 */

import { LINE_END } from "../record/line_end.ts";
import { EventoDBError } from "../errors.ts";
import { lastLine } from "../record/whole_lines.ts";
import { type ExportChunk, exportChunks, type ExportOptions, type ExportSource } from "./export.ts";

/** A line, and its global position. */
interface Seen {
  line: Uint8Array;
  position: number;
}

/**
 * Exports events, and looks at the first and the last of them again before it ends.
 *
 * @param source Where to read from.
 * @param options What to read.
 * @throws {EventoDBError} `INPUT_CHANGED` when the events were replaced meanwhile; what `exportChunks` throws.
 */
export async function* unreplacedChunks(
  source: ExportSource,
  options: ExportOptions = {},
): AsyncGenerator<ExportChunk> {
  let first: Seen | undefined;
  let last: Seen | undefined;
  for await (const chunk of exportChunks(source, options)) {
    // Copies: the consumer may change the bytes.
    const { bytes } = chunk;
    const end = bytes.indexOf(LINE_END) + 1;
    first ??= { line: bytes.slice(0, end), position: chunk.first };
    last = { line: lastLine(bytes).slice(), position: chunk.last };
    yield chunk;
  }
  for (const seen of new Set([first, last])) {
    if (seen !== undefined && !await isThere(source, seen, options.signal)) throw replaced(seen);
  }
}

async function isThere(
  source: ExportSource,
  { line, position }: Seen,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const query = { from: position, to: position, signal };
  for await (const { bytes } of source.read(query)) {
    if (bytes.length > 0) {
      return bytes.length === line.length && bytes.every((byte, i) => byte === line[i]);
    }
  }
  return false;
}

function replaced({ position }: Seen): EventoDBError {
  return new EventoDBError(
    "INPUT_CHANGED",
    `The event at global position ${position} has changed since it was read: the namespace's events were ` +
      "replaced meanwhile. Try again",
  );
}
