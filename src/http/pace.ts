/**
 * How a request's body comes in: how many bytes, and how fast while they are waited for. Time in
 * which no more is asked for, since the store is busy, is not the client's.
 *
 * @module
 */

/** Measures a body. */
export class Pace {
  /** Bytes that have come in so far. */
  received = 0;
  #waitsSince: number | undefined;
  #waitedMs = 0;

  /** Notes that bytes are waited for. */
  wait(): void {
    this.#waitsSince = performance.now();
  }

  /** Notes how many have come. */
  got(bytes: number): void {
    this.received += bytes;
    this.#waitedMs = this.waitedMs;
    this.#waitsSince = undefined;
  }

  /** Whether bytes are waited for. */
  get isWaiting(): boolean {
    return this.#waitsSince !== undefined;
  }

  /** How long bytes have been waited for, in milliseconds. */
  get waitedMs(): number {
    const since = this.#waitsSince;
    return this.#waitedMs + (since === undefined ? 0 : performance.now() - since);
  }
}

/** A stretch of a body's way in. Each of those who look at one body has its own. */
export class Stretch {
  readonly #pace: Pace;
  #fromBytes = 0;
  #fromMs = 0;

  /** @param pace How the body comes in. */
  constructor(pace: Pace) {
    this.#pace = pace;
    this.restart();
  }

  /** How long bytes have been waited for since its beginning, in milliseconds. */
  get waitedMs(): number {
    return this.#pace.waitedMs - this.#fromMs;
  }

  /** How many bytes came in a second of waiting. */
  get bytesPerSecond(): number {
    return (this.#pace.received - this.#fromBytes) / this.waitedMs * 1000;
  }

  /** Takes off time in which this server was too busy to notice what had come. */
  excuse(ms: number): void {
    if (this.#pace.isWaiting) this.#fromMs += Math.min(ms, this.waitedMs);
  }

  /** Measures from now on. */
  restart(): void {
    this.#fromBytes = this.#pace.received;
    this.#fromMs = this.#pace.waitedMs;
  }
}
