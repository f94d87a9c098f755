/**
 * Sending text of any length with backpressure.
 *
 * @module
 */

import { sentChunkBytesMax } from "./limits.ts";
import { BrokenOff } from "./errors.ts";

/** A part of a text, or the bytes that it is in UTF-8. */
export type TextPart = string | Uint8Array<ArrayBuffer>;

/** How to send. */
export interface SendOptions {
  /** Parts that were made already. */
  ready?: readonly TextPart[];
  /** How long the reader may take nothing, in milliseconds. */
  stallMs: number;
  /** Breaks it off. */
  signal: AbortSignal;
  /** Called once when it is over and the parts are released; with the reason when it was broken off. */
  onEnd: (failure?: unknown) => void;
}

/**
 * Sends text as the reader takes it. When making a part fails, when the reader takes nothing for too
 * long or when the signal is aborted, the connection is broken off.
 *
 * @param parts The text; `return` is called on it when the reader leaves early.
 * @param options How to send it.
 * @returns The bytes.
 */
export function sendText(
  parts: AsyncIterator<TextPart>,
  options: SendOptions,
): ReadableStream<Uint8Array> {
  const { stallMs, signal, onEnd } = options;
  const encoder = new TextEncoder();
  const ready = [...options.ready ?? []];
  let bytes = new Uint8Array(0);
  let ended = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let breakOff: (reason: unknown) => void;

  const nextPart = async (): Promise<TextPart | undefined> => {
    if (ready.length > 0) return ready.shift();
    const { value, done } = await parts.next();
    return done ? undefined : value;
  };
  // A timer of its own: the stream has to fail also while nothing is awaited here.
  const watch = () => {
    timer = setTimeout(() => {
      breakOff(new BrokenOff(`the client has read nothing for ${stallMs / 1000} s`));
    }, stallMs);
  };
  const abort = () => breakOff(signal.reason);
  const end = async (failure?: unknown) => {
    if (ended) return;
    ended = true;
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
    try {
      await parts.return?.();
    } catch (error) {
      failure ??= error;
    }
    onEnd(failure);
  };

  return new ReadableStream<Uint8Array>({
    start(controller) {
      breakOff = (reason) => {
        if (!ended) controller.error(new BrokenOff("broken off"));
        void end(reason);
      };
      signal.addEventListener("abort", abort);
      if (signal.aborted) abort();
      else watch();
    },
    async pull(controller) {
      clearTimeout(timer);
      try {
        while (bytes.length === 0) {
          const part = await nextPart();
          if (ended) return;
          if (part === undefined) {
            await end();
            return controller.close();
          }
          bytes = typeof part === "string" ? encoder.encode(part) : part;
        }
        controller.enqueue(bytes.subarray(0, sentChunkBytesMax));
        bytes = bytes.subarray(sentChunkBytesMax);
        watch();
      } catch (error) {
        breakOff(error);
      }
    },
    cancel: () => end(new BrokenOff("the client disconnected")),
  }, { highWaterMark: 0 });
}
