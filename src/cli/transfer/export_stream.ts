/**
 * The bytes of an export on their way out, and how they end when they are not complete.
 *
 * @module
 */

import { abortable } from "../../deps/abortable.ts";
import { printable } from "../../printable.ts";
import { exportEndingMs } from "../limits.ts";
import { within } from "../../waiting.ts";
import type { Output } from "../files/output.ts";
import { Interrupted } from "../problems.ts";

/**
 * Writes lines to an output.
 *
 * @param output Where they go. It stays open.
 * @param compress Whether as gzip data.
 * @param signal Breaks it off at once, where what is incomplete is not visible.
 */
export async function pipe(
  lines: AsyncIterable<Uint8Array<ArrayBuffer>>,
  output: Output,
  compress: boolean,
  signal?: AbortSignal,
): Promise<void> {
  const bytes = ReadableStream.from(lines);
  const compressed = compress ? (await import("../../gzip.ts")).gzip(bytes) : bytes;
  await compressed.pipeTo(output.writable, {
    signal: output.isWhole ? signal : undefined,
    preventClose: true,
  });
}

/** Interrupted, an output still gets its last line, unless its reader has gone. */
export async function endSoon(piping: Promise<void>, signal: AbortSignal): Promise<void> {
  try {
    await abortable(piping, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    const ended = await within(piping.then(() => true), exportEndingMs);
    if (ended === undefined) throw signal.reason;
  }
}

/** What ends an output that is cut: a line that is not a record, so that no import takes it. */
export async function* errorLine(error: unknown): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const message = error instanceof Interrupted
    ? "The export was interrupted"
    : error instanceof Error
    ? error.message
    : String(error);
  yield new TextEncoder().encode(`${printable(JSON.stringify({ error: message }))}\n`);
}

/** Whether the reader has seen enough, which is not a failure. */
export function hasReaderGone(error: unknown): boolean {
  return error instanceof Deno.errors.BrokenPipe;
}

/** Whether a person watches standard output, who sees beside it what went wrong. */
export function isWatched(): boolean {
  return Deno.stdout.isTerminal();
}
