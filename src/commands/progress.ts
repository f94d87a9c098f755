/**
 * How far a command is: a line that moves on a terminal, a plain line every few seconds elsewhere.
 *
 * @module
 */

import { formatCount, formatDuration, formatEvents } from "./numbers.ts";
import { isWatched, say, showStatus } from "./terminal.ts";

/** How often the line moves, in milliseconds. */
const redrawMs = 100;
/** How often a plain line is written, in milliseconds. */
const plainLineMs = 5_000;

/** How far it is. */
export interface Status {
  /** Events so far. */
  events: number;
  /** The last global position. */
  position: number;
  /** How much of the whole is done, from 0 to 1, where that is known. */
  share?: number;
}

/** Shows how far a command is, until it is disposed of. */
export class Progress implements Disposable {
  readonly #label: string;
  readonly #read: () => Status;
  readonly #started = performance.now();
  readonly #timer: ReturnType<typeof setInterval> | undefined;

  /**
   * @param label What is being done, such as `Imported`.
   * @param read Tells how far it is.
   * @param options Whether to show anything at all.
   */
  constructor(label: string, read: () => Status, options: { quiet: boolean }) {
    this.#label = label;
    this.#read = read;
    if (options.quiet) return;
    this.#timer = isWatched()
      ? setInterval(() => showStatus(this.#line()), redrawMs)
      : setInterval(() => say(this.#line()), plainLineMs);
  }

  /** How long it has taken so far, in milliseconds. */
  get elapsedMs(): number {
    return performance.now() - this.#started;
  }

  /** Takes the line away. */
  [Symbol.dispose](): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    showStatus("");
  }

  #line(): string {
    const { events, position, share } = this.#read();
    const { elapsedMs } = this;
    const parts = [
      `${this.#label} ${formatEvents(events)}`,
      `${formatCount(events / (elapsedMs / 1000))}/s`,
      `position ${position}`,
    ];
    if (share !== undefined) {
      parts.push(`${Math.floor(Math.min(share, 1) * 100)} %`);
      if (share > 0 && share < 1) {
        parts.push(`${formatDuration(elapsedMs * (1 - share) / share)} left`);
      }
    }
    return parts.join(", ");
  }
}
