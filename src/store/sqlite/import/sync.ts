/**
 * Durability beside SQLite's own.
 *
 * @module
 */

import { syncEveryBatches } from "../limits.ts";

/** Makes a new file's name durable, where the system can (Windows cannot open a folder). */
export function syncFolder(folder: string): void {
  if (Deno.build.os === "windows") return;
  using file = Deno.openSync(folder, { read: true });
  file.syncSync();
}

/**
 * Makes a file that is being written durable. The disk begins with it early and off this thread, so
 * that in the end little is left to wait for.
 */
export class GradualSync implements Disposable {
  readonly #file: Deno.FsFile;
  #batches = 0;
  #running: Promise<void> | undefined;
  #failure: { error: unknown } | undefined;

  constructor(path: string) {
    this.#file = Deno.openSync(path, { read: true, write: true });
  }

  written(): void {
    if (++this.#batches % syncEveryBatches === 0) this.begin();
  }

  /** Has the disk begin with what has been written so far, unless it is at it still. */
  begin(): void {
    this.#running ??= this.#file.syncData().catch((error) => {
      this.#failure ??= { error };
    }).finally(() => {
      this.#running = undefined;
    });
  }

  /**
   * Makes all that has been written durable.
   *
   * @throws {Error} Any part could not be written. The system says so once, so that a failure on the
   * way counts, whatever the last call returns.
   */
  async end(): Promise<void> {
    await this.#running;
    if (this.#failure !== undefined) throw this.#failure.error;
    await this.#file.sync();
  }

  /** Lets the file go: after SQLite has, whose locks on it end with any handle of this process. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}
