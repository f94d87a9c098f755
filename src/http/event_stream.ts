/**
 * Server-sent events out.
 *
 * @module
 */

import { eventsWaitingMax } from "./limits.ts";
import { BrokenOff } from "./errors.ts";

/** A response made of events. Each goes out whole, in one chunk: some clients cannot join halves. */
export class EventStream {
  /** The bytes. */
  readonly body: ReadableStream<Uint8Array>;
  /** Aborted when the reader has gone. */
  readonly left: AbortSignal;

  readonly #encoder = new TextEncoder();
  #controller!: ReadableStreamDefaultController<Uint8Array>;

  /** Opens the stream. */
  constructor() {
    const left = new AbortController();
    this.left = left.signal;
    this.body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => left.abort(new BrokenOff("the client disconnected")),
    }, { highWaterMark: eventsWaitingMax });
  }

  /**
   * Sends an event.
   *
   * @param data What can be written as JSON.
   */
  send(data: unknown): void {
    if (this.left.aborted) return;
    this.#controller.enqueue(this.#encoder.encode(`data: ${JSON.stringify(data)}\n\n`));
  }

  /**
   * Sends an event that a later one makes up for, unless the reader is behind.
   *
   * @param data What can be written as JSON.
   */
  offer(data: unknown): void {
    if ((this.#controller.desiredSize ?? 0) > 0) this.send(data);
  }

  /**
   * Sends a comment, which readers of events pass over, unless the reader is behind.
   *
   * @param text The comment, one line.
   */
  comment(text: string): void {
    if (this.left.aborted || (this.#controller.desiredSize ?? 0) <= 0) return;
    this.#controller.enqueue(this.#encoder.encode(`: ${text}\n\n`));
  }

  /** Ends the stream after what was sent. */
  close(): void {
    if (!this.left.aborted) this.#controller.close();
  }

  /**
   * Makes the response.
   *
   * @returns Status 200, with the headers that keep proxies from holding events back.
   */
  response(): Response {
    return new Response(this.body, {
      headers: {
        "Content-Type": "text/event-stream",
        "Cache-Control": "no-cache",
        "X-Accel-Buffering": "no",
      },
    });
  }
}
