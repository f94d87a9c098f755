/**
 * Bodies as they come from a socket, and what became of them.
 *
 * @module
 */

/** A body that is given chunk by chunk, and notes how much of it was taken. */
export interface WatchedBody {
  /** The body. */
  body: ReadableStream<Uint8Array>;
  /** How many chunks were taken. */
  taken: number;
  /** Resolves to the reason once the body is cancelled; a test that waits in vain fails. */
  cancelled: Promise<unknown>;
}

/**
 * Makes a body.
 *
 * @param chunks Text or bytes, maybe without end. An `Error` among them makes the body fail.
 * @returns The body, watched.
 */
export function bodyOf(chunks: Iterable<string | Uint8Array | Error>): WatchedBody {
  const encoder = new TextEncoder();
  const iterator = chunks[Symbol.iterator]();
  const { promise: cancelled, resolve: cancel } = Promise.withResolvers<unknown>();
  const watched: WatchedBody = {
    taken: 0,
    cancelled,
    body: new ReadableStream<Uint8Array>({
      pull(controller) {
        const { value, done } = iterator.next();
        if (done) return controller.close();
        if (value instanceof Error) return controller.error(value);
        watched.taken++;
        controller.enqueue(typeof value === "string" ? encoder.encode(value) : value);
      },
      cancel,
    }, { highWaterMark: 0 }),
  };
  return watched;
}
