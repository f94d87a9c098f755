/**
 * Limits how many requests have a connection at once; the others queue. A Postgres may have fewer
 * connections for this server than its pool would take; that shows when it refuses one, and one more is
 * tried again later.
 *
 * @module
 */

import { postgresConnectMs, postgresGrowMs, postgresWaitingMax } from "../limits.ts";
import { within } from "../../../waiting.ts";

/** Thrown when there was no connection in time. */
export class Busy extends Error {
  override readonly name = "Busy";
}

export class Gate {
  readonly #most: number;
  #limit: number;
  #inside = 0;
  #limitedAt = -Infinity;
  readonly #waiting = new Set<PromiseWithResolvers<true>>();

  /** @param most The highest number that may be inside. */
  constructor(most: number) {
    this.#most = most;
    this.#limit = most;
  }

  /**
   * Waits until a connection is free.
   *
   * @param until When to give up, as `performance.now()` has it.
   * @throws {Busy} None was free in time, or too many requests wait.
   */
  async enter(until: number): Promise<void> {
    this.#grow();
    if (this.#inside < this.#limit) {
      this.#inside++;
      return;
    }
    if (this.#waiting.size >= postgresWaitingMax) {
      throw new Busy(`${postgresWaitingMax} requests wait for a connection`);
    }
    const waiting = Promise.withResolvers<true>();
    this.#waiting.add(waiting);
    if (await within(waiting.promise, until - performance.now())) return;
    // One that is no longer in the queue was let in just as its time was over.
    if (!this.#waiting.delete(waiting)) return;
    throw new Busy(`no connection became free within ${postgresConnectMs / 1000} s`);
  }

  leave(): void {
    this.#inside--;
    this.#admit();
  }

  /** Notes that there are no more connections than these; at least one is asked for again. */
  limit(connections: number): void {
    this.#limit = Math.max(1, Math.min(connections, this.#limit));
    this.#limitedAt = performance.now();
  }

  /** After a while one more is tried. */
  #grow(): void {
    if (this.#limit === this.#most || performance.now() - this.#limitedAt < postgresGrowMs) return;
    this.#limit++;
    this.#limitedAt = performance.now();
    this.#admit();
  }

  #admit(): void {
    for (const waiting of this.#waiting) {
      if (this.#inside >= this.#limit) return;
      this.#waiting.delete(waiting);
      this.#inside++;
      waiting.resolve(true);
    }
  }
}
