/**
 * Pokes, as far as a consumer needs them: whether there is anything new.
 *
 * @module
 */

import type { Poke } from "../message.ts";
import { within } from "../waiting.ts";

/** Takes every poke at once, however slow the consumer, and remembers the highest. */
export class Pulse {
  readonly #pokes: AsyncIterableIterator<Poke, void>;
  readonly #taking: Promise<void>;
  #failure: { error: unknown } | undefined;
  #wake = () => {};
  /** The highest global position of a poke so far. */
  highest = 0;

  /** @param pokes A subscription, which the pulse ends. */
  constructor(pokes: AsyncIterableIterator<Poke, void>) {
    this.#pokes = pokes;
    this.#taking = this.#take();
  }

  /**
   * Waits for a poke of a higher global position.
   *
   * @param position The position that is known already.
   * @param ms The longest wait, in milliseconds.
   * @param signal Ends the waiting.
   * @throws What has ended the subscription.
   */
  async above(position: number, ms: number, signal: AbortSignal | undefined): Promise<void> {
    let end = () => {};
    const woken = new Promise<void>((resolve) => end = resolve);
    this.#wake = () => {
      if (this.#failure !== undefined || this.highest > position || signal?.aborted) end();
    };
    signal?.addEventListener("abort", end);
    this.#wake();
    await within(woken, ms);
    signal?.removeEventListener("abort", end);
    this.#wake = () => {};
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Ends the subscription, and resolves once its connection has been let go. */
  async end(): Promise<void> {
    await this.#pokes.return?.();
    await this.#taking;
  }

  async #take(): Promise<void> {
    try {
      for await (const { globalPosition } of this.#pokes) {
        this.highest = Math.max(this.highest, globalPosition);
        this.#wake();
      }
    } catch (error) {
      this.#failure = { error };
      this.#wake();
    }
  }
}
