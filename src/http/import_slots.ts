/**
 * Which imports run: so many at the same time, others wait for a while, and one whose client hardly
 * sends anything gives its slot up to those.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { importBytesPerSecondMin, importsWaitingMax } from "../limits.ts";
import { Pace } from "./pace.ts";

/** How often slow imports are looked for, of the time that they are given. */
const looksPerSlowMs = 8;

/** The bounds of {@linkcode ImportSlots}. */
export interface ImportSlotsOptions {
  /** Most imports at the same time. */
  importsMax: number;
  /** How long one more waits for a slot, in milliseconds. */
  waitMs: number;
  /** How long an import may be slow while others wait, in milliseconds. */
  slowMs: number;
}

/** The slot of an import that runs. */
export interface ImportSlot {
  /** How its body comes in. */
  readonly pace: Pace;
  /** Aborted when the slot is taken away. */
  readonly signal: AbortSignal;
  /** Gives the slot back; calling it again does nothing. */
  release(): void;
}

interface Running {
  pace: Pace;
  abort: AbortController;
}

interface Waiting {
  resolve(slot: ImportSlot): void;
}

/** Gives imports their slots. */
export class ImportSlots {
  readonly #options: ImportSlotsOptions;
  readonly #running = new Set<Running>();
  readonly #waiting = new Set<Waiting>();
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param options Bounds. */
  constructor(options: ImportSlotsOptions) {
    this.#options = options;
  }

  /**
   * Waits for a slot, first come, first served. Whether a client has left shows only when its body is
   * read: such an import ends as soon as it has its slot.
   *
   * @param stopped Aborted when the server stops.
   * @returns The slot.
   * @throws {EventoDBError} `BACKEND_ERROR` (503) when too many wait, or none became free in time.
   */
  async take(stopped: AbortSignal): Promise<ImportSlot> {
    const { importsMax, waitMs } = this.#options;
    if (this.#running.size < importsMax) return this.#begin();
    if (this.#waiting.size >= importsWaitingMax) throw tooMany(importsMax);
    const { promise, resolve, reject } = Promise.withResolvers<ImportSlot>();
    const waiting = { resolve };
    // At once, so that no slot goes to one that has given up.
    const giveUp = (reason: unknown) => {
      this.#waiting.delete(waiting);
      reject(reason);
    };
    const stop = () => giveUp(stopped.reason);
    const timer = setTimeout(() => giveUp(tooMany(importsMax)), waitMs);
    stopped.addEventListener("abort", stop);
    this.#waiting.add(waiting);
    if (stopped.aborted) stop();
    this.#watch();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      stopped.removeEventListener("abort", stop);
      this.#waiting.delete(waiting);
      this.#watch();
    }
  }

  #begin(): ImportSlot {
    const running = { pace: new Pace(), abort: new AbortController() };
    this.#running.add(running);
    return {
      pace: running.pace,
      signal: running.abort.signal,
      release: () => {
        if (this.#running.delete(running)) this.#handOver();
      },
    };
  }

  #handOver(): void {
    const [next] = this.#waiting;
    if (next === undefined || this.#running.size >= this.#options.importsMax) return;
    // At once, so that nobody who comes meanwhile is served first.
    this.#waiting.delete(next);
    next.resolve(this.#begin());
  }

  /** Looks for slow imports as long as somebody waits. */
  #watch(): void {
    if (this.#waiting.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    } else if (this.#timer === undefined) {
      for (const { pace } of this.#running) pace.mark();
      this.#timer = setInterval(() => this.#look(), this.#options.slowMs / looksPerSlowMs);
    }
  }

  /** Takes the slots of the slowest away, no more of them than there are imports that wait. */
  #look(): void {
    const { slowMs } = this.#options;
    const slow: Running[] = [];
    let freed = 0;
    for (const running of this.#running) {
      const { pace, abort } = running;
      if (abort.signal.aborted) freed++;
      else if (pace.waitedMs < slowMs) continue;
      else if (pace.bytesPerSecond < importBytesPerSecondMin) slow.push(running);
      else pace.mark();
    }
    slow.sort((a, b) => a.pace.bytesPerSecond - b.pace.bytesPerSecond);
    const wanted = Math.max(0, this.#waiting.size - freed);
    for (const { abort } of slow.slice(0, wanted)) abort.abort(tooSlow(slowMs));
  }
}

function tooMany(importsMax: number): EventoDBError {
  const imports = importsMax === 1 ? "1 import" : `${importsMax} imports`;
  return new EventoDBError(
    "BACKEND_ERROR",
    `This server is running ${imports}, its maximum. Try again later`,
    { status: 503 },
  );
}

function tooSlow(slowMs: number): EventoDBError {
  const rate = `${importBytesPerSecondMin / 1024} KiB/s`;
  return new EventoDBError(
    "IMPORT_FAILED",
    `The request's body arrived at less than ${rate} for ${slowMs / 1000} s while other imports ` +
      "were waiting: nothing was imported. Start the import again over a faster connection",
    { status: 408 },
  );
}
