/**
 * The namespaces' files in a folder.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { EventoDBError } from "../../../errors.ts";
import { namespacesOpenMax } from "../limits.ts";
import type { BatchLoader } from "../import/batch_loader.ts";
import { FileLoader } from "../import/file_loader.ts";
import { Connection } from "../connection.ts";
import { backendError } from "../errors.ts";
import type { Files, OpenFile } from "../files.ts";
import type { LoadOptions } from "../import/loader.ts";
import { createSchema, hasSchema, LINKS_SCHEMA, NAMESPACE_SCHEMA } from "../schema.ts";
import { syncFolder } from "../import/sync.ts";

class FolderFile implements OpenFile, Disposable {
  readonly #path: string;
  #writer?: Connection;
  #reader?: Connection;
  #links?: Connection;

  constructor(path: string) {
    this.#path = path;
  }

  get writer(): Connection {
    return this.#writer ??= this.#connect("writer");
  }

  get reader(): Connection {
    return this.#reader ??= this.#connect("reader");
  }

  get links(): Connection {
    return this.#links ??= openLinks(this.#path + linksSuffix);
  }

  get connections(): number {
    return [this.#writer, this.#reader, this.#links].filter((each) => each !== undefined).length;
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
    this.#links?.[Symbol.dispose]();
    // The writer last: the last connection to close empties the write-ahead log into the file.
    this.#reader?.[Symbol.dispose]();
    this.#writer?.[Symbol.dispose]();
  }
}

/** What the name of a namespace's file is followed by in that of its index of links. */
const linksSuffix = "-links";

/** Opens an index of links; one that is damaged, or that another version has written, is replaced by an empty one. */
function openLinks(path: string): Connection {
  const open = () => {
    const connection = new Connection(path);
    try {
      const isThere = hasSchema(connection, LINKS_SCHEMA);
      connection.configure("index");
      if (!isThere) createSchema(connection, LINKS_SCHEMA);
      connection.get("SELECT up_to FROM state");
      return connection;
    } catch (error) {
      connection[Symbol.dispose]();
      throw error;
    }
  };
  try {
    return open();
  } catch {
    for (const suffix of sqliteSuffixes) removeFileSync(path + suffix);
    return open();
  }
}

/** What SQLite keeps beside a file, and the file itself. */
const sqliteSuffixes = ["-wal", "-shm", "-journal", ""];

/** Files in a folder. The least recently used ones are closed when many are open. */
export class FolderFiles implements Files {
  readonly folder: string;
  readonly #open = new Map<string, FolderFile>();

  constructor(registry: string) {
    this.folder = dirname(registry);
  }

  get connections(): number {
    return this.#open.values().reduce((sum, file) => sum + file.connections, 0);
  }

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

  links(name: string): Connection {
    return this.open(name).links;
  }

  close(name: string): void {
    this.#open.get(name)?.[Symbol.dispose]();
    this.#open.delete(name);
  }

  async remove(name: string): Promise<void> {
    this.close(name);
    // The namespace's own file last: as long as it is there, a crash leaves nothing that is not noted.
    for (const path of [this.path(name) + linksSuffix, this.path(name)]) {
      for (const suffix of sqliteSuffixes) await removeFile(path + suffix);
    }
  }

  // deno-lint-ignore require-await -- what is thrown is to reject
  async load(name: string, options: LoadOptions): Promise<BatchLoader> {
    return new FileLoader({ path: this.path(name), ...options }, () => this.remove(name));
  }

  busy(): undefined {}

  closeAll(): void {
    for (const name of [...this.#open.keys()]) this.close(name);
  }
}

/** Off this thread: a large file may take its time. */
async function removeFile(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw backendError(error, path);
  }
}

function removeFileSync(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw backendError(error, path);
  }
}
