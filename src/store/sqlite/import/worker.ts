/**
 * The thread in which an import is loaded into a file, so that the server serves others meanwhile: from opening
 * the file until what was loaded is durable.
 *
 * @module
 */

import { dirname } from "node:path";
import { EventoDBError } from "../../../errors.ts";
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

  /** Makes the file durable and closes it. */
  async commit(): Promise<void> {
    this.#sync?.begin();
    this.#loader.finish();
    this.#connection.run("COMMIT");
    this.#connection.checkFile();
    if (this.#sync !== undefined) this.#connection.get("PRAGMA journal_mode = WAL");
    else this.#emptyLog();
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

/** What the worker is asked. Requests are done in their order; the response to a commit is waited for. */
export type LoadRequest =
  | { do: "begin"; job: LoadJob }
  | { do: "write"; batch: PackedRecords }
  | { do: "check" | "commit" | "rollback" };

/** What the worker responds; an error crosses threads as its parts. */
export type LoadReply =
  | { written?: { count: LoadCount; batch: PackedRecords } }
  | { error: Pick<EventoDBError, "code" | "message" | "line" | "details"> };

/** The part of a worker's global scope that is used here; `lib.deno.worker` would hold everywhere. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<LoadRequest>) => void) | null;
  postMessage(reply: LoadReply, buffers?: ArrayBuffer[]): void;
}

const scope = globalThis as unknown as WorkerScope;
let load: FileLoad | undefined;

async function respond(request: LoadRequest): Promise<void> {
  switch (request.do) {
    case "begin":
      load = new FileLoad(request.job);
      break;
    case "write": {
      const { batch } = request;
      const count = load!.write(batch);
      // Back to where they can be filled again: as garbage they would lie about in two threads.
      const buffers = [batch.bytes.buffer, batch.numbers.buffer];
      return scope.postMessage({ written: { count, batch } }, buffers);
    }
    case "check":
      load!.check();
      break;
    case "commit":
      await load!.commit();
      break;
    case "rollback":
      load?.[Symbol.dispose]();
  }
  scope.postMessage({});
}

scope.onmessage = async ({ data: request }) => {
  try {
    await respond(request);
  } catch (error) {
    const { code, message, line, details } = error instanceof EventoDBError
      ? error
      : new EventoDBError("BACKEND_ERROR", error instanceof Error ? error.message : String(error));
    scope.postMessage({ error: { code, message, line, details } });
  }
};
