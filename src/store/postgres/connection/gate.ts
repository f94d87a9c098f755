/**
 * Who may have a connection: as many at once as there are, and the others one after another. A Postgres
 * may have fewer connections for this server than its pool would take; that is found out by being
 * refused one, and tried again later.
 *
 * @module
 */

import { postgresConnectMs, postgresGrowMs, postgresWaitingMax } from "../../../limits.ts";

/** Thrown when there was no connection in time. */
export class Busy extends Error {
  override readonly name = "Busy";

  constructor(reason: string) {
    super(reason);
  }
}

/** Somebody who waits. */
interface Waiting {
  enter(): void;
}

/** Lets a bounded number in at once. */
export class Gate {
  readonly #most: number;
  #limit: number;
  #inside = 0;
  #limitedAt = -Infinity;
  readonly #waiting = new Set<Waiting>();

  /** @param most How many there may ever be inside. */
  constructor(most: number) {
    this.#most = most;
    this.#limit = most;
  }

  /**
   * Waits for a place.
   *
   * @param until When to give up, as `performance.now()` has it.
   * @throws {Busy} It was not free in time, or too many wait.
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
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting = { enter: resolve };
    this.#waiting.add(waiting);
    const timer = setTimeout(() => {
      this.#waiting.delete(waiting);
      reject(new Busy(`no connection became free within ${postgresConnectMs / 1000} s`));
    }, Math.max(0, until - performance.now()));
    try {
      await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Gives the place to the next. */
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
      waiting.enter();
    }
  }
}
