/**
 * How a request's body comes in: how many bytes, and how fast while somebody waits for them. Time in
 * which nobody asks for more, since the store is busy, is not the client's.
 *
 * @module
 */

/** Measures a body. */
export class Pace {
  /** Bytes that have come in so far. */
  received = 0;
  #waitsSince: number | undefined;
  #waitedMs = 0;
  #markedBytes = 0;

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

  /** How long bytes have been waited for since the last mark, in milliseconds. */
  get waitedMs(): number {
    const since = this.#waitsSince;
    return this.#waitedMs + (since === undefined ? 0 : performance.now() - since);
  }

  /** How many bytes came in a second of waiting since the last mark. */
  get bytesPerSecond(): number {
    return (this.received - this.#markedBytes) / this.waitedMs * 1000;
  }

  /** Takes off time in which this server was too busy to notice what had come. */
  excuse(ms: number): void {
    if (this.#waitsSince !== undefined) this.#waitedMs -= Math.min(ms, this.waitedMs);
  }

  /** Measures from now on. */
  mark(): void {
    this.#markedBytes = this.received;
    this.#waitedMs = 0;
    if (this.#waitsSince !== undefined) this.#waitsSince = performance.now();
  }
}
