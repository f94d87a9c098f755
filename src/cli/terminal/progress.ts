/**
 * How far a command is: a line that moves on a terminal, a plain line every few seconds elsewhere.
 *
 * @module
 */

import { progressLineMs, progressRedrawMs } from "../limits.ts";
import { formatCount, formatDuration, formatEvents } from "./format.ts";
import { isWatched, say, showStatus } from "./terminal.ts";

/** Columns of a terminal whose width is unknown. */
const columnsDefault = 80;

/** How far it is. */
export interface Status {
  /** Events so far. */
  events: number;
  /** The last global position. */
  position: number;
  /** How much of the whole is done, from 0 to 1, where that is known. */
  share?: number;
}

/**
 * Writes how far a command is.
 *
 * @param label What is being done.
 * @param status How far it is.
 * @param elapsedMs How long it has taken so far, in milliseconds.
 * @param columns How long the line may be: a longer one would wrap, and the next one would be written
 * below it. What says least is left out first.
 */
export function progressLine(
  label: string,
  { events, position, share }: Status,
  elapsedMs: number,
  columns: number,
): string {
  const known = share !== undefined;
  const left = known && share > 0 && share < 1 ? elapsedMs * (1 - share) / share : undefined;
  const parts = {
    events: `${label} ${formatEvents(events)}`,
    rate: `${formatCount(events / (elapsedMs / 1000))}/s`,
    position: `position ${position}`,
    share: known ? `${Math.floor(Math.min(share, 1) * 100)} %` : "",
    left: left === undefined ? "" : `${formatDuration(left)} left`,
  };
  const line = () => Object.values(parts).filter((part) => part !== "").join(", ");
  for (const part of ["position", "rate", "left", "share"] as const) {
    if (line().length > columns) parts[part] = "";
  }
  return line().slice(0, columns);
}

/** How long a line may be that is written over. The last column would already wrap on some terminals. */
function columns(): number {
  try {
    return (Deno.consoleSize().columns || columnsDefault) - 1;
  } catch {
    return columnsDefault - 1;
  }
}

/** Shows how far a command is, until it is disposed of. */
export class Progress implements Disposable {
  readonly #label: () => string;
  readonly #read: () => Status;
  readonly #started = performance.now();
  readonly #timer: ReturnType<typeof setInterval> | undefined;

  /**
   * @param label What is being done, such as `Imported`; a function where that changes.
   * @param read Returns how far it is.
   * @param options Whether to show anything at all.
   */
  constructor(label: string | (() => string), read: () => Status, options: { quiet: boolean }) {
    this.#label = typeof label === "string" ? () => label : label;
    this.#read = read;
    if (options.quiet) return;
    this.#timer = isWatched()
      ? setInterval(() => showStatus(this.#line(columns())), progressRedrawMs)
      : setInterval(() => say(this.#line()), progressLineMs);
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

  #line(columns: number = Infinity): string {
    return progressLine(this.#label(), this.#read(), this.elapsedMs, columns);
  }
}
