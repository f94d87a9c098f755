/**
 * The requests that a server has under way. Each is counted until the last byte of its response, so that a server
 * that is stopping knows when nothing is left to wait for.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";

/** Counts running work, and can end it. */
export class RunningRequests {
  readonly #abort = new AbortController();
  #running = 0;
  #closing = false;
  #idle = Promise.withResolvers<void>();

  /** Aborted when what still runs has to end. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Whether new work is turned away. */
  get closing(): boolean {
    return this.#closing;
  }

  /** How many requests are running. */
  get running(): number {
    return this.#running;
  }

  /**
   * Begins a request.
   *
   * @returns A function that ends it; calling it again does nothing.
   */
  begin(): () => void {
    this.#running++;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      if (--this.#running === 0 && this.#closing) this.#idle.resolve();
    };
  }

  /**
   * Refuses new work, lets what runs finish for a while, aborts the rest, and waits for that to
   * have come to its end.
   *
   * @param graceMs How long work may go on, in milliseconds.
   */
  async close(graceMs: number): Promise<void> {
    this.#closing = true;
    if (this.#running === 0) this.#idle.resolve();
    const timer = setTimeout(() => this.#abort.abort(shuttingDown()), graceMs);
    await this.#idle.promise;
    clearTimeout(timer);
  }
}

/**
 * The error of work that is turned away or ended since the server stops.
 *
 * @param cause The error beneath.
 * @returns The error, to be thrown.
 */
export function shuttingDown(cause?: unknown): EventoDBError {
  const options = { status: 503, cause };
  return new EventoDBError("BACKEND_ERROR", "The server is shutting down", options);
}
