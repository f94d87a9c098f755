/**
 * Who else has a file of Deno KV open: every server that does holds a shared lock on a file beside
 * it. The operating system releases it when the process ends, also after `kill -9`, so a server
 * that finds no other lock knows at once that every import in the file is dead.
 *
 * @module
 */

import { openPrivateFile } from "../../private_file.ts";

/** A shared lock that says that a server uses a file. */
export class Presence implements Disposable {
  readonly #file: Deno.FsFile | undefined;

  private constructor(file: Deno.FsFile | undefined) {
    this.#file = file;
  }

  /**
   * Takes a lock.
   *
   * @param whenAlone Called before others can open the file, when there are none yet.
   * @returns The lock. Where the lock file is not permitted, nothing is locked, and no server counts as alone.
   */
  static async take(path: string, whenAlone: () => Promise<void>): Promise<Presence> {
    let file: Deno.FsFile;
    try {
      file = await openPrivateFile(`${path}.lock`);
    } catch {
      return new Presence(undefined);
    }
    try {
      if (await file.tryLock(true)) {
        try {
          await whenAlone();
        } finally {
          await file.unlock();
        }
      }
      await file.lock(false);
      return new Presence(file);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#file?.close();
  }
}
