/**
 * Request bodies that are compressed.
 *
 * @module
 */

import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { EventoDBError } from "../errors.ts";

/** Bytes handed on at once. */
const chunkSize = 64 * 1024;

/**
 * Decompresses gzip data. Files made of several members, as bgzip and `cat a.gz b.gz` make them, come
 * out whole: `DecompressionStream` refuses those, and is slower.
 *
 * @param body The compressed bytes. Its own failures are handed on as they are.
 * @returns The bytes. The stream fails with `IMPORT_FAILED` when the data is damaged or cut short.
 */
export function gunzip(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const source = Readable.from(chunksOf(reader), { objectMode: false });
  // Not `Duplex.toWeb`: data that comes out after its reader has left would end the process.
  const inflated = pipeline(source, createGunzip({ chunkSize }), () => {});
  const chunks = inflated[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { value, done } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        throw explain(error);
      }
    },
    async cancel(reason) {
      inflated.destroy();
      await reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}

async function* chunksOf(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    while (true) {
      const { value, done } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Only zlib's own errors have these codes. */
function explain(error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "Z_BUF_ERROR") {
    return new EventoDBError("IMPORT_FAILED", "The gzip data is cut short", { cause: error });
  }
  if (typeof code === "string" && code.startsWith("Z_")) {
    return new EventoDBError("IMPORT_FAILED", "The gzip data is damaged, or is no gzip data", {
      cause: error,
    });
  }
  return error;
}
