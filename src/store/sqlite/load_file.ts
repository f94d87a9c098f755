/**
 * An import's load into a file, from opening it to the moment in which it is durable.
 *
 * @module
 */

import { dirname } from "node:path";
import { sqliteBuildCacheBytes } from "../../limits.ts";
import type { PackedRecords } from "../packed_records.ts";
import type { ImportRecord } from "../store.ts";
import { Connection } from "./connection.ts";
import { type LoadCount, Loader, type LoadOptions } from "./loader.ts";
import { createSchema, UNINDEXED_NAMESPACE_SCHEMA } from "./schema.ts";
import { syncFolder } from "./sync.ts";

/** What to load into. */
export interface LoadJob extends LoadOptions {
  /** The file: a new one, or the one with the namespace's messages. */
  path: string;
}

/** A load into a file. */
export class FileLoad implements Disposable {
  readonly #job: LoadJob;
  readonly #connection: Connection;
  readonly #loader: Loader;

  /** @param job What to load into. */
  constructor(job: LoadJob) {
    this.#job = job;
    this.#connection = new Connection(job.path);
    try {
      if (job.isFresh) {
        this.#connection.configure("build");
        this.#connection.get(`PRAGMA cache_size = -${sqliteBuildCacheBytes / 1024}`);
        createSchema(this.#connection, UNINDEXED_NAMESPACE_SCHEMA);
      } else {
        this.#connection.configure("append");
      }
      this.#connection.run("BEGIN IMMEDIATE");
      this.#loader = new Loader(this.#connection, job);
    } catch (error) {
      this.#connection[Symbol.dispose]();
      throw error;
    }
  }

  /** Loads a batch. */
  write(batch: readonly ImportRecord[]): LoadCount {
    return this.#loader.write(batch);
  }

  /** Loads a batch of packed records. */
  writePacked(batch: PackedRecords): LoadCount {
    return this.#loader.writePacked(batch);
  }

  /** Makes the file durable and closes it. */
  commit(): void {
    this.#loader.finish();
    this.#connection.run("COMMIT");
    if (this.#job.isFresh) {
      this.#connection.get("PRAGMA journal_mode = WAL");
      this.#connection[Symbol.dispose]();
      using file = Deno.openSync(this.#job.path, { read: true, write: true });
      file.syncSync();
      syncFolder(dirname(this.#job.path));
    } else {
      this.#emptyLog();
      this.#connection[Symbol.dispose]();
    }
  }

  /** Rolls back what has not been committed. */
  [Symbol.dispose](): void {
    try {
      this.#connection.rollback();
    } finally {
      this.#connection[Symbol.dispose]();
    }
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
