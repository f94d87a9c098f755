/**
 * Disk space that is reserved beside a file of Deno KV, so that a full disk is not the end of it.
 *
 * Deno KV is SQLite with a write-ahead log. Whatever is committed, a deletion too, needs space in the
 * log first, and the log is emptied only into a file that may grow: on a full disk nothing can be
 * deleted any more, and no space is ever freed. So some space is set aside. When the disk is full, it
 * is given back, and the log is emptied. From then on only what frees space (the end of an import, a
 * deletion, the collection of garbage) is written, and what fits the pages that are free inside the
 * file, so that the file does not grow into the log's space; until it can be set aside again.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import {
  kvFreeBytesMin,
  kvReserveAfterBytes,
  kvReserveBusyMs,
  kvReserveBytes,
  kvReserveRetryMs,
} from "./limits.ts";
import { openPrivateFile } from "../../private_file.ts";

/** Bytes that are written at once; not zeros, which some file systems do not store. */
const chunkBytes = 64 * 1024;

export class Reserve implements AsyncDisposable {
  readonly #database: string;
  readonly #path: string;
  /** By how many bytes this process may have made the file grow. */
  #grown = 0;
  #filling: Promise<void> | undefined;
  #triedAt = -Infinity;
  /** That nothing is to be set aside now. */
  #isStopped = false;
  #isClosed = false;

  constructor(database: string) {
    this.#database = database;
    this.#path = `${database}.reserve`;
  }

  /** Sets the space aside for a file that is worth it already. */
  begin(): void {
    try {
      this.#grown = Deno.statSync(this.#database).size;
    } catch {
      // A file that is not there has not grown.
    }
    if (this.#grown >= kvReserveAfterBytes) void this.fill();
  }

  /**
   * Whether the file may grow now. It may also where no space could ever be set aside: the disk was
   * full from the start, or the folder is not writable.
   */
  async allows(bytes: number): Promise<boolean> {
    const before = this.#grown;
    this.#grown += bytes;
    if (before < kvReserveAfterBytes && this.#grown >= kvReserveAfterBytes) void this.fill();
    await this.#filling;
    if (this.#size !== 0 || this.#freeBytes() >= kvFreeBytesMin) return true;
    await this.fill();
    return this.#size !== 0;
  }

  isSetAside(): boolean {
    return (this.#size ?? 0) > 0;
  }

  /** Gives the space back to the disk, and has the log emptied into the file and cut. */
  async release(): Promise<void> {
    // It may have been the setting aside itself that has filled the disk.
    this.#isStopped = true;
    await this.#filling;
    this.#isStopped = false;
    this.#triedAt = performance.now();
    try {
      Deno.truncateSync(this.#path, 0);
    } catch {
      // There is none; the log may be emptied all the same.
    }
    this.#inspect((file) => file.prepare("PRAGMA wal_checkpoint(TRUNCATE)").all());
  }

  /** Sets the space aside again, once it has been given back. */
  async refill(): Promise<void> {
    if (this.#size === 0) await this.fill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#filling;
  }

  /**
   * Sets the space aside, unless it is. Once it has been given back, that takes twice as much: the rest
   * is what the log needs. It never fails.
   */
  fill(): Promise<void> {
    if (this.#isClosed || this.#isStopped) return Promise.resolve();
    if (this.#filling === undefined && performance.now() - this.#triedAt < kvReserveRetryMs) {
      return Promise.resolve();
    }
    return this.#filling ??= this.#fill().finally(() => {
      this.#filling = undefined;
      this.#triedAt = performance.now();
    });
  }

  /** How much is set aside, in bytes: 0 once it has been given back, `undefined` if it never was. */
  get #size(): number | undefined {
    try {
      return Deno.statSync(this.#path).size;
    } catch {
      return undefined;
    }
  }

  async #fill(): Promise<void> {
    const size = this.#size;
    if (size !== undefined && size > 0) return;
    try {
      using file = await openPrivateFile(this.#path);
      try {
        const chunk = crypto.getRandomValues(new Uint8Array(chunkBytes));
        const wanted = size === undefined ? kvReserveBytes : 2 * kvReserveBytes;
        for (let bytes = 0; bytes < wanted; bytes += chunkBytes) {
          if (this.#isStopped || this.#isClosed) throw new Error("It is needed elsewhere");
          for (let at = 0; at < chunkBytes;) at += await file.write(chunk.subarray(at));
        }
        await file.truncate(kvReserveBytes);
      } catch {
        await file.truncate(0);
        if (size === undefined) await Deno.remove(this.#path);
      }
    } catch {
      // The folder may not be writable: then there is no reserve.
    }
  }

  #freeBytes(): number {
    let bytes = 0;
    this.#inspect((file) => {
      const read = (pragma: string) =>
        Number(Object.values(file.prepare(`PRAGMA ${pragma}`).get() ?? {})[0]);
      bytes = read("freelist_count") * read("page_size");
    });
    return bytes;
  }

  /** Looks into the file beside Deno KV. A lock or a full disk changes nothing. */
  #inspect(look: (file: DatabaseSync) => void): void {
    try {
      using file = new DatabaseSync(this.#database, { timeout: kvReserveBusyMs });
      look(file);
    } catch {
      // Writes report what is wrong.
    }
  }
}
