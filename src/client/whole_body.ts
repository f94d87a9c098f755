/**
 * Bodies for browsers: their `fetch` sends a stream over HTTP/2 at best, and some send its name.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { browserUploadBytesMax } from "./limits.ts";

/** Bytes that are handed over to the browser at once: from there on it may keep them on disk. */
const partBytes = 4 * 1024 * 1024;

/**
 * Reads a stream into a `Blob`, which the browser keeps, beyond some size on disk.
 *
 * @param signal Ends it.
 * @param bytesMax Most bytes.
 * @throws {EventoDBError} `REQUEST_TOO_LARGE` when there are more bytes; nothing is read on then.
 */
export async function wholeBody(
  stream: ReadableStream<Uint8Array>,
  signal: AbortSignal,
  bytesMax: number = browserUploadBytesMax,
): Promise<Blob> {
  const blobs: Blob[] = [];
  let part: Uint8Array<ArrayBuffer>[] = [];
  let partSize = 0;
  let size = 0;
  const reader = stream.getReader();
  // Cancelling also ends a read that waits.
  const cancel = () => void reader.cancel(signal.reason).catch(() => {});
  signal.addEventListener("abort", cancel);
  try {
    while (true) {
      signal.throwIfAborted();
      const { value, done } = await reader.read();
      signal.throwIfAborted();
      if (done) break;
      size += value.length;
      if (size > bytesMax) throw tooLarge(bytesMax);
      part.push(value as Uint8Array<ArrayBuffer>);
      partSize += value.length;
      if (partSize < partBytes) continue;
      blobs.push(new Blob(part));
      part = [];
      partSize = 0;
    }
  } finally {
    signal.removeEventListener("abort", cancel);
    await reader.cancel().catch(() => {});
  }
  return new Blob([...blobs, ...part]);
}

function tooLarge(bytesMax: number): EventoDBError {
  return new EventoDBError(
    "REQUEST_TOO_LARGE",
    `Cannot upload more than ${
      bytesMax / 1024 ** 2
    } MiB from a stream in a browser, which has to ` +
      'hold all of it first. Upload a File or another Blob, gzip data, or use "eventodb import"',
  );
}
