/**
 * Ctrl-C and the other signals that end a command.
 *
 * @module
 */

import { abortable } from "../deps/abortable.ts";
import { Interrupted } from "./problems.ts";

/** Exit status of a command that was interrupted. */
export const interruptedStatus = 130;

const signals: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

/** The first signal aborts, the second one ends the process. */
export class Interruption implements Disposable {
  readonly #abort = new AbortController();
  readonly #listeners = signals.map((signal) => [signal, () => this.#interrupt(signal)] as const);

  /** Starts to listen. */
  constructor() {
    for (const [signal, listener] of this.#listeners) Deno.addSignalListener(signal, listener);
  }

  /** Aborted by the first signal, with an `Interrupted` that names it. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Stops listening. */
  [Symbol.dispose](): void {
    for (const [signal, listener] of this.#listeners) Deno.removeSignalListener(signal, listener);
  }

  #interrupt(signal: Deno.Signal): void {
    // A second signal does not wait for the clean-up.
    if (this.signal.aborted) Deno.exit(interruptedStatus);
    this.#abort.abort(new Interrupted(signal));
  }
}

/**
 * Waits for something that cannot be called off, such as the other end of a named pipe.
 *
 * @param waiting What to wait for.
 * @param signal Ends the waiting.
 * @returns What it resolves to.
 * @throws The signal's reason.
 */
export async function orAborted<T>(waiting: Promise<T>, signal?: AbortSignal): Promise<T> {
  return await (signal === undefined ? waiting : abortable(waiting, signal));
}
