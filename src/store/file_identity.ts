/**
 * Whether a database's file is still the one that was opened. A file that is deleted or moved away
 * under a running server takes commits as before, and they are lost.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";

export class FileIdentity {
  readonly #path: string;
  readonly #inode: number | null;
  readonly #device: number;

  constructor(path: string) {
    this.#path = path;
    const { ino, dev } = Deno.statSync(path);
    this.#inode = ino;
    this.#device = dev;
  }

  /**
   * Makes sure that the file is still under its name. It costs some microseconds; a commit that
   * reaches the disk costs a hundred times as much.
   *
   * @throws {EventoDBError} `BACKEND_ERROR` when it is not: what was committed last may be lost.
   */
  check(): void {
    // Windows keeps an open file from being deleted, and has no inodes.
    if (this.#inode === null || this.#inode === 0) return;
    let isSame: boolean;
    try {
      const { ino, dev } = Deno.statSync(this.#path);
      isSame = ino === this.#inode && dev === this.#device;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) return;
      isSame = false;
    }
    if (isSame) return;
    throw new EventoDBError(
      "BACKEND_ERROR",
      `The file "${this.#path}" was deleted, moved or replaced while the server runs: nothing is ` +
        "written any more, and the last write is not kept. Export what can still be read, stop the " +
        "server, and restore the file",
    );
  }
}
