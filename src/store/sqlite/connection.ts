/**
 * One connection to one SQLite file: statements are kept, errors say what to do.
 *
 * @module
 */

import {
  DatabaseSync,
  type SQLInputValue,
  type SQLOutputValue,
  type StatementSync,
} from "node:sqlite";
import { isMemberOf } from "../../group_member.ts";
import {
  sqliteBusyMs,
  sqliteImportCacheBytes,
  sqliteIndexCacheBytes,
  sqliteStatementsMax,
} from "./limits.ts";
import { makePrivateFile } from "../../private_file.ts";
import { eventLinks } from "../event_links.ts";
import { FileIdentity } from "../file_identity.ts";
import { backendError, isTaken } from "./errors.ts";

/** Pages of the write-ahead log after which a commit puts them into the file; SQLite's own would be 1,000. */
const logPages = "wal_autocheckpoint = 4096";

/** SQLite takes a negative size for KiB. */
const importCache = `cache_size = -${sqliteImportCacheBytes / 1024}`;

/**
 * What a connection is for, and its pragmas.
 *
 * - `writer`: every commit is on the disk before it returns. The WAL may grow to 16 MiB before its
 *   pages are put into the file, since a page that was written many times is put there once.
 * - `reader`: cannot change anything.
 * - `append`: an import into a file that is in use; one long transaction over random index pages.
 * - `index`: a file of what can be built again. A commit that a crash of the machine loses is no loss.
 * - `build`: an import into a file that nothing else uses yet, and which is removed after a crash.
 */
const PRAGMAS = {
  writer: ["journal_mode = WAL", "synchronous = FULL", logPages],
  reader: ["query_only = ON"],
  index: [
    "journal_mode = WAL",
    "synchronous = NORMAL",
    `cache_size = -${sqliteIndexCacheBytes / 1024}`,
  ],
  append: ["journal_mode = WAL", "synchronous = FULL", logPages, importCache],
  // The journal of a new file stays nearly empty, and without one nothing could be relied on after
  // a statement has failed, which is when the line of a repeated id is looked up.
  // A second thread sorts keys while this one reads them.
  build: ["journal_mode = MEMORY", "synchronous = OFF", "threads = 2"],
} as const;

export type ConnectionRole = keyof typeof PRAGMAS;

/** A statement of `node:sqlite` as it is; Deno's types do not know of this method. */
interface ArrayStatement extends StatementSync {
  setReturnArrays(enabled: boolean): void;
}

export class Connection implements Disposable {
  /** The file, or `:memory:`. */
  readonly path: string;
  readonly #db: DatabaseSync;
  /** For a connection that writes to a file. */
  #identity: FileIdentity | undefined;
  readonly #statements = new Map<string, StatementSync>();
  readonly #arrayStatements = new Map<string, StatementSync>();

  /**
   * Opens a file, or makes it. Nothing is written to it before {@linkcode Connection.configure}, so
   * that a file of another program can be recognised and left alone.
   */
  constructor(path: string) {
    this.path = path;
    if (path !== ":memory:") makePrivateFile(path);
    try {
      this.#db = new DatabaseSync(path, { timeout: sqliteBusyMs });
    } catch (error) {
      throw backendError(error, path);
    }
    // Consumer groups are shared out by an MD5 that SQLite does not have.
    this.#db.function(
      "is_member",
      { deterministic: true },
      (stream, member, size) =>
        isMemberOf(String(stream), { member: Number(member), size: Number(size) }) ? 1 : 0,
    );
    // No SQL looks into a payload.
    this.#db.function(
      "event_links",
      { deterministic: true },
      (metadata) => JSON.stringify(eventLinks(metadata as Uint8Array)),
    );
  }

  /** Sets the pragmas of a role. @param role What the connection is for. */
  configure(role: ConnectionRole): void {
    for (const pragma of PRAGMAS[role]) this.get(`PRAGMA ${pragma}`);
    if (role !== "reader" && this.path !== ":memory:") this.#identity = new FileIdentity(this.path);
  }

  /** Makes sure, after a commit, that the file is still there under its name. */
  checkFile(): void {
    this.#identity?.check();
  }

  run(sql: string, ...values: SQLInputValue[]): void {
    this.#guard(() => this.#prepare(sql).run(...values));
  }

  /** Reads the first row; `T` is what the caller knows of its columns. */
  get<T>(sql: string, ...values: SQLInputValue[]): T | undefined {
    return this.#guard(() => this.#prepare(sql).get(...values)) as T | undefined;
  }

  all<T>(sql: string, ...values: SQLInputValue[]): T[] {
    return this.#guard(() => this.#prepare(sql).all(...values)) as T[];
  }

  /**
   * Reads all rows as arrays of their columns: twice as fast as objects where many rows are read,
   * since SQLite's objects are dictionaries, each of whose fields is looked up by name.
   */
  allArrays<T extends SQLOutputValue[]>(sql: string, ...values: SQLInputValue[]): T[] {
    return this.#guard(() => this.#prepare(sql, true).all(...values)) as unknown as T[];
  }

  /** Runs work inside one transaction: committed when it returns, rolled back when it throws. */
  transaction<T>(work: () => T): T {
    this.run("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.run("COMMIT");
      this.checkFile();
      return result;
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  /** Rolls back the open transaction, if SQLite has not done so by itself (as it does on a full disk). */
  rollback(): void {
    if (this.#db.isTransaction) this.run("ROLLBACK");
  }

  [Symbol.dispose](): void {
    this.#statements.clear();
    this.#arrayStatements.clear();
    this.#db.close();
  }

  #prepare(sql: string, asArrays = false): StatementSync {
    const statements = asArrays ? this.#arrayStatements : this.#statements;
    let statement = statements.get(sql);
    if (statement === undefined) {
      if (statements.size >= sqliteStatementsMax) statements.clear();
      statement = this.#db.prepare(sql);
      if (asArrays) (statement as ArrayStatement).setReturnArrays(true);
      statements.set(sql, statement);
    }
    return statement;
  }

  /** A taken key stays what SQLite threw: the caller knows what it means. */
  #guard<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      throw isTaken(error) ? error : backendError(error, this.path);
    }
  }
}
