/**
 * An import's load into a file, from opening the file until what was loaded is durable.
 *
 * @module
 */

import { dirname } from "node:path";
import { sqliteBuildCacheBytes } from "../limits.ts";
import type { PackedRecords } from "../../../record/packed_records.ts";
import { Connection } from "../connection.ts";
import { createSchema, UNINDEXED_NAMESPACE_SCHEMA } from "../schema.ts";
import { type LoadCount, Loader, type LoadOptions } from "./loader.ts";
import { GradualSync, syncFolder } from "./sync.ts";

export interface LoadJob extends LoadOptions {
  /** The file: a new one, or the one with the namespace's messages. */
  path: string;
}

export class FileLoad implements Disposable {
  readonly #job: LoadJob;
  readonly #connection: Connection;
  readonly #loader: Loader;
  /** For a new file: SQLite itself takes care of one that is in use. */
  readonly #sync: GradualSync | undefined;
  #isOver = false;

  constructor(job: LoadJob) {
    this.#job = job;
    this.#connection = new Connection(job.path);
    try {
      if (job.isFresh) {
        this.#connection.configure("build");
        this.#connection.get(`PRAGMA cache_size = -${sqliteBuildCacheBytes / 1024}`);
        createSchema(this.#connection, UNINDEXED_NAMESPACE_SCHEMA);
        this.#sync = new GradualSync(job.path);
      } else {
        this.#connection.configure("append");
      }
      this.#connection.run("BEGIN IMMEDIATE");
      this.#loader = new Loader(this.#connection, job);
    } catch (error) {
      this.#close();
      throw error;
    }
  }

  write(batch: PackedRecords): LoadCount {
    const count = this.#loader.write(batch);
    this.#sync?.written();
    return count;
  }

  /** Finds a repeated key that only the indexes would find. */
  check(): void {
    this.#loader.check();
  }

  /**
   * Makes the file durable and closes it.
   *
   * @param emptiesLog Whether the log of a file in use is emptied: that waits for the readers of the log.
   */
  async commit(emptiesLog: boolean): Promise<void> {
    this.#sync?.begin();
    this.#loader.finish();
    this.#connection.run("COMMIT");
    this.#connection.checkFile();
    if (this.#sync !== undefined) this.#connection.get("PRAGMA journal_mode = WAL");
    else if (emptiesLog) this.#emptyLog();
    this.#isOver = true;
    this.#connection[Symbol.dispose]();
    if (this.#sync === undefined) return;
    using sync = this.#sync;
    await sync.end();
    syncFolder(dirname(this.#job.path));
  }

  [Symbol.dispose](): void {
    if (this.#isOver) return;
    try {
      this.#connection.rollback();
    } finally {
      this.#close();
    }
  }

  #close(): void {
    this.#isOver = true;
    this.#connection[Symbol.dispose]();
    this.#sync?.[Symbol.dispose]();
  }

  /** The log is as large as the import: it goes into the file and is cut, if no reader needs it. */
  #emptyLog(): void {
    try {
      this.#connection.get("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
      // The import is durable in the log already, and the next checkpoint tries again.
    }
  }
}
