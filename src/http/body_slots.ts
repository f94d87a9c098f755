/**
 * Slots for bodies that cost much: so many imports at the same time, so many bytes of large bodies in
 * memory. Others wait for a while, and a body that hardly comes in gives its slot up to those.
 *
 * They wait for less time than it takes to find a body slow: over HTTP/2 the bytes of one that is not read
 * can hold those up that come over the same connection.
 *
 * @module
 */

import type { EventoDBError } from "../errors.ts";
import { bodyBytesPerSecondMin, bodyCheckMs } from "./limits.ts";
import { Pace, Stretch } from "./pace.ts";

/** The bounds of {@linkcode BodySlots}. */
export interface BodySlotsOptions {
  /** How much there is to hand out. */
  capacity: number;
  /** Most bodies that wait. */
  waitingMax: number;
  /** How long a body waits, in milliseconds. */
  waitMs: number;
  /** Over how long a body that is waited for is measured, in milliseconds. */
  slowMs: number;
  /** The error of a body that finds nothing free. */
  refusal: () => EventoDBError;
  /** The error of a body that is too slow. */
  tooSlow: () => EventoDBError;
}

/** What a body asks for. */
export interface SlotRequest {
  /**
   * How much of the capacity it takes.
   *
   * @default {1}
   */
  weight?: number;
  /** How it comes in, where that is measured already. */
  pace?: Pace;
}

/** What a body has been given. */
export interface BodySlot extends Disposable {
  /** How the body comes in. */
  readonly pace: Pace;
  /** Aborted when the slot is taken away. */
  readonly signal: AbortSignal;
}

interface Running {
  weight: number;
  /** How fast its body came in over the last stretch of waiting; `Infinity` before the end of the first. */
  bytesPerSecond: number;
  stretch: Stretch;
  abort: AbortController;
}

interface Waiting {
  weight: number;
  pace: Pace;
  resolve(slot: BodySlot): void;
}

/** Gives bodies their slots. */
export class BodySlots {
  readonly #options: BodySlotsOptions;
  readonly #running = new Set<Running>();
  readonly #waiting = new Set<Waiting>();
  #free: number;
  #timer: ReturnType<typeof setInterval> | undefined;
  #lookedAt = 0;

  /** @param options Bounds. */
  constructor(options: BodySlotsOptions) {
    this.#options = options;
    this.#free = options.capacity;
  }

  /**
   * Waits for a slot, first come, first served. Whether a client has left shows only when its body is
   * read: such a body ends as soon as it has its slot.
   *
   * @param stopped Aborted when there is nothing to wait for any more.
   * @param request What is asked for.
   * @returns The slot; disposing of it gives it back.
   * @throws {EventoDBError} The refusal, when too many wait, or none became free in time.
   */
  async take(stopped: AbortSignal, request: SlotRequest = {}): Promise<BodySlot> {
    const { capacity, waitingMax, waitMs, refusal } = this.#options;
    const { pace = new Pace() } = request;
    const weight = Math.min(request.weight ?? 1, capacity);
    if (this.#waiting.size === 0 && weight <= this.#free) return this.#begin(weight, pace);
    if (this.#waiting.size >= waitingMax) throw refusal();
    const { promise, resolve, reject } = Promise.withResolvers<BodySlot>();
    const waiting = { weight, pace, resolve };
    // Not by `within`: it leaves the queue in the same tick, so that no slot goes to one that has given up.
    const giveUp = (reason: unknown) => {
      this.#waiting.delete(waiting);
      reject(reason);
    };
    const stop = () => giveUp(stopped.reason);
    const timer = waitMs === Infinity ? undefined : setTimeout(() => giveUp(refusal()), waitMs);
    stopped.addEventListener("abort", stop);
    this.#waiting.add(waiting);
    if (stopped.aborted) stop();
    this.#look();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      stopped.removeEventListener("abort", stop);
      // One that asked for much may have blocked others.
      this.#handOver();
    }
  }

  #begin(weight: number, pace: Pace): BodySlot {
    const running = {
      weight,
      stretch: new Stretch(pace),
      bytesPerSecond: Infinity,
      abort: new AbortController(),
    };
    this.#running.add(running);
    this.#free -= weight;
    this.#watch();
    return {
      pace,
      signal: running.abort.signal,
      [Symbol.dispose]: () => {
        if (!this.#running.delete(running)) return;
        this.#free += weight;
        this.#handOver();
        this.#watch();
      },
    };
  }

  /** Serves those who wait, in their order. */
  #handOver(): void {
    for (const next of this.#waiting) {
      if (next.weight > this.#free) return;
      // At once, so that no later one is served first.
      this.#waiting.delete(next);
      next.resolve(this.#begin(next.weight, next.pace));
    }
  }

  /** Looks after those that run. */
  #watch(): void {
    if (this.#running.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    } else if (this.#timer === undefined) {
      this.#lookedAt = performance.now();
      this.#timer = setInterval(() => this.#look(), bodyCheckMs);
    }
  }

  /** Finds out who is slow, and takes slots away from the slowest as long as others want more. */
  #look(): void {
    const { slowMs, tooSlow } = this.#options;
    const now = performance.now();
    const busyMs = Math.max(0, now - this.#lookedAt - bodyCheckMs);
    this.#lookedAt = now;
    let wanted = -this.#free;
    for (const { weight } of this.#waiting) wanted += weight;
    for (const running of this.#running) {
      const { stretch, abort, weight } = running;
      if (abort.signal.aborted) wanted -= weight;
      stretch.excuse(busyMs);
      if (stretch.waitedMs < slowMs) continue;
      running.bytesPerSecond = stretch.bytesPerSecond;
      stretch.restart();
    }
    if (this.#waiting.size === 0) return;
    const slow = [...this.#running]
      .filter(({ bytesPerSecond, abort }) =>
        bytesPerSecond < bodyBytesPerSecondMin && !abort.signal.aborted
      )
      .sort((a, b) => a.bytesPerSecond - b.bytesPerSecond);
    for (const { abort, weight } of slow) {
      if (wanted <= 0) return;
      abort.abort(tooSlow());
      wanted -= weight;
    }
  }
}

/**
 * Words for a body that is too slow.
 *
 * @param slowMs For how long it was, in milliseconds.
 */
export function slowBody(slowMs: number): string {
  return `The request's body arrived at less than ${bodyBytesPerSecondMin / 1024} KiB/s for ` +
    `${slowMs / 1000} s while others were waiting`;
}
