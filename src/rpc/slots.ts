/**
 * A limit on how many work at the same time, with a queue for the others. No `Semaphore`, which has no bounds on
 * how many wait, and for how long.
 *
 * @module
 */

import type { EventoDBError } from "../errors.ts";

/** The bounds of {@linkcode Slots}. */
export interface SlotsOptions {
  /** How many may work at the same time. */
  capacity: number;
  /** How many may wait. */
  waitingMax: number;
  /** How long each of those waits, in milliseconds. */
  waitMs: number;
  /** The error of one that finds nothing free. */
  refusal: () => EventoDBError;
}

/** Limits how many work at the same time: first come, first served. */
export class Slots {
  readonly #options: SlotsOptions;
  readonly #waiting = new Set<() => void>();
  #free: number;

  /** @param options Bounds. */
  constructor(options: SlotsOptions) {
    this.#options = options;
    this.#free = options.capacity;
  }

  /**
   * Waits for a slot.
   *
   * @param signal Aborted when there is nothing to wait for any more.
   * @returns The slot; disposing of it gives it back.
   * @throws {EventoDBError} The refusal, when too many wait, or none became free in time.
   */
  async take(signal?: AbortSignal): Promise<Disposable> {
    signal?.throwIfAborted();
    const { waitingMax, waitMs, refusal } = this.#options;
    if (this.#free > 0) this.#free--;
    else {
      if (this.#waiting.size >= waitingMax) throw refusal();
      await this.#wait(waitMs, refusal, signal);
    }
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (!isHeld) return;
        isHeld = false;
        this.#pass();
      },
    };
  }

  /** The slot goes from one to the next, so that nobody who comes meanwhile is served first. */
  #pass(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#free++;
    else next();
  }

  async #wait(waitMs: number, refusal: () => EventoDBError, signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // It leaves the queue in the same tick, so that no slot goes to one that has given up.
    const next = () => {
      this.#waiting.delete(next);
      resolve();
    };
    const giveUp = (reason: unknown) => {
      this.#waiting.delete(next);
      reject(reason);
    };
    const stop = () => giveUp(signal?.reason);
    const timer = setTimeout(() => giveUp(refusal()), waitMs);
    signal?.addEventListener("abort", stop);
    this.#waiting.add(next);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    }
  }
}
