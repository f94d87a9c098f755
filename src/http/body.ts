/**
 * Request bodies, bounded in size and in patience: `Deno.serve` itself waits for a body for ever.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { BrokenOff } from "./errors.ts";
import type { Exchange } from "./exchange.ts";
import { shuttingDown } from "./work.ts";

/** What a body is held to. */
export interface BodyOptions {
  /** How long the body may send nothing, in milliseconds. */
  stallMs: number;
  /** Ends the reading. Default: the exchange's own signal. */
  signal?: AbortSignal;
}

/** What a body that is read whole is held to. */
export interface TextBodyOptions extends BodyOptions {
  /** Most bytes. */
  bytesMax: number;
}

/**
 * Hands a request's body on as it comes. Time in which nobody asks for a chunk does not count as
 * stalling.
 *
 * @param exchange The request.
 * @param options Patience and signal.
 * @returns Its chunks. The stream fails with `INVALID_REQUEST` (408) when nothing comes for too
 * long, with the signal's reason once that is aborted, and with {@linkcode BrokenOff} when the client
 * has gone.
 */
export function guardedBody(
  exchange: Exchange,
  options: BodyOptions,
): ReadableStream<Uint8Array> {
  const { stallMs, signal = exchange.signal } = options;
  if (exchange.request.body === null) return new Blob([]).stream();
  const reader = exchange.request.body.getReader();

  const read = async () => {
    try {
      return await reader.read();
    } catch (cause) {
      // Deno 2.9 reads no body on once it has been told to stop listening (denoland/deno#36809).
      throw exchange.closing ? shuttingDown() : new BrokenOff("the client has gone", { cause });
    }
  };

  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { promise: given, reject: giveUp } = Promise.withResolvers<never>();
      const stop = () => giveUp(signal.reason);
      const timer = setTimeout(() => giveUp(stalled(stallMs)), stallMs);
      signal.addEventListener("abort", stop);
      if (signal.aborted) stop();
      try {
        const { value, done } = await Promise.race([read(), given]);
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        reader.cancel(error).catch(() => {});
        throw error;
      } finally {
        clearTimeout(timer);
        signal.removeEventListener("abort", stop);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}

/**
 * Reads a request's body whole.
 *
 * @param exchange The request.
 * @param options Bounds and signal.
 * @returns The body's text.
 * @throws {EventoDBError} `REQUEST_TOO_LARGE`; `INVALID_REQUEST` when the body is not UTF-8 or, with
 * status 408, sends nothing for too long.
 */
export async function readText(exchange: Exchange, options: TextBodyOptions): Promise<string> {
  const { bytesMax } = options;
  if (Number(exchange.request.headers.get("Content-Length")) > bytesMax) throw tooLarge(bytesMax);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of guardedBody(exchange, options)) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw tooLarge(bytesMax);
    chunks.push(chunk);
  }
  try {
    return decode(chunks, bytes);
  } catch {
    throw new EventoDBError("INVALID_REQUEST", "The request's body is not valid UTF-8");
  }
}

function decode(chunks: Uint8Array[], bytes: number): string {
  // Bytes that are not UTF-8 are refused, never replaced.
  const decoder = new TextDecoder("utf-8", { fatal: true });
  if (chunks.length === 1) return decoder.decode(chunks[0]);
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return decoder.decode(whole);
}

function tooLarge(bytesMax: number): EventoDBError {
  return new EventoDBError(
    "REQUEST_TOO_LARGE",
    `The request's body is too large: at most ${bytesMax} bytes are allowed`,
  );
}

function stalled(stallMs: number): EventoDBError {
  return new EventoDBError(
    "INVALID_REQUEST",
    `The request's body has sent nothing for ${stallMs / 1000} s`,
    { status: 408 },
  );
}
