/**
 * The namespaces' files in a folder.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { EventoDBError } from "../../../errors.ts";
import { namespacesOpenMax } from "../../../limits.ts";
import { type BatchLoader, WorkerLoader } from "../import/batch_loader.ts";
import { Connection } from "../connection.ts";
import { backendError } from "../errors.ts";
import type { Files, OpenFile } from "./files.ts";
import type { LoadOptions } from "../import/loader.ts";
import { createSchema, hasSchema, NAMESPACE_SCHEMA } from "../schema.ts";
import { syncFolder } from "../import/sync.ts";

class FolderFile implements OpenFile, Disposable {
  readonly #path: string;
  #writer?: Connection;
  #reader?: Connection;

  constructor(path: string) {
    this.#path = path;
  }

  get writer(): Connection {
    return this.#writer ??= this.#connect("writer");
  }

  get reader(): Connection {
    return this.#reader ??= this.#connect("reader");
  }

  get connections(): number {
    return (this.#writer === undefined ? 0 : 1) + (this.#reader === undefined ? 0 : 1);
  }

  /** SQLite would make a file that is missing, and its messages would seem never to have been. */
  #connect(role: "writer" | "reader"): Connection {
    try {
      Deno.statSync(this.#path);
    } catch (error) {
      throw error instanceof Deno.errors.NotFound
        ? new EventoDBError(
          "BACKEND_ERROR",
          `The file "${this.#path}" of a namespace is missing: restore it from a backup`,
          { cause: error },
        )
        : backendError(error, this.#path);
    }
    const connection = new Connection(this.#path);
    try {
      if (!hasSchema(connection, NAMESPACE_SCHEMA)) {
        throw new EventoDBError(
          "BACKEND_ERROR",
          `The file "${this.#path}" of a namespace is empty: restore it from a backup`,
        );
      }
      connection.configure(role);
    } catch (error) {
      connection[Symbol.dispose]();
      throw error;
    }
    return connection;
  }

  [Symbol.dispose](): void {
    // The writer last: the last connection to close empties the write-ahead log into the file.
    this.#reader?.[Symbol.dispose]();
    this.#writer?.[Symbol.dispose]();
  }
}

/** Files in a folder. The least recently used ones are closed when many are open. */
export class FolderFiles implements Files {
  /** The folder. */
  readonly folder: string;
  readonly #open = new Map<string, FolderFile>();

  constructor(registry: string) {
    this.folder = dirname(registry);
  }

  get connections(): number {
    return this.#open.values().reduce((sum, file) => sum + file.connections, 0);
  }

  /** The path of a file. */
  path(name: string): string {
    return join(this.folder, name);
  }

  create(name: string): void {
    const path = this.path(name);
    using connection = new Connection(path);
    connection.configure("writer");
    createSchema(connection, NAMESPACE_SCHEMA);
    syncFolder(this.folder);
  }

  open(name: string): FolderFile {
    let file = this.#open.get(name);
    // Taken out and put in again, so that the map's order is that of the last use.
    if (file === undefined) file = new FolderFile(this.path(name));
    else this.#open.delete(name);
    this.#open.set(name, file);
    if (this.#open.size > namespacesOpenMax) {
      const [oldest] = this.#open.keys();
      if (oldest !== undefined) this.close(oldest);
    }
    return file;
  }

  close(name: string): void {
    this.#open.get(name)?.[Symbol.dispose]();
    this.#open.delete(name);
  }

  async remove(name: string): Promise<void> {
    this.close(name);
    for (const suffix of ["-wal", "-shm", "-journal", ""]) {
      await removeFile(this.path(name) + suffix);
    }
  }

  load(name: string, options: LoadOptions): Promise<BatchLoader> {
    return WorkerLoader.begin({ path: this.path(name), ...options });
  }

  busy(): undefined {}

  closeAll(): void {
    for (const name of [...this.#open.keys()]) this.close(name);
  }
}

async function removeFile(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw backendError(error, path);
  }
}
