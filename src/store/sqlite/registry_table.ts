/**
 * The registry's file: which namespaces there are, and which files are theirs.
 *
 * @module
 */

import type { NamespaceRecord } from "../store.ts";
import type { Connection } from "./connection.ts";
import { createSchema, hasSchema, REGISTRY_SCHEMA } from "./schema.ts";

/** A namespace and the file that holds its messages. */
export interface RegisteredNamespace extends NamespaceRecord {
  /** The file's name, beside the registry. */
  file: string;
}

export class RegistryTable implements Disposable {
  readonly #connection: Connection;

  /** @param connection The registry's file; the registry closes it. */
  constructor(connection: Connection) {
    this.#connection = connection;
    const isThere = hasSchema(connection, REGISTRY_SCHEMA);
    connection.configure("writer");
    if (!isThere) createSchema(connection, REGISTRY_SCHEMA);
  }

  namespaces(): RegisteredNamespace[] {
    const rows = this.#connection.all<RegisteredNamespace>(
      `SELECT id, token_hash AS tokenHash, description, metadata, created_at AS createdAt, file
       FROM namespaces`,
    );
    return rows.map((row) => ({ ...row }));
  }

  /** Their ids, in byte order: SQLite's, since JavaScript has another. */
  ids(): string[] {
    return this.#connection.all<{ id: string }>("SELECT id FROM namespaces ORDER BY id")
      .map(({ id }) => id);
  }

  /** Files that a crash has left behind: noted, and not a namespace's. */
  leftovers(): string[] {
    return this.#connection
      .all<{ name: string }>("SELECT name FROM files WHERE state <> 'live'")
      .map(({ name }) => name);
  }

  /** Notes a file before it is made. */
  noteFile(name: string): void {
    this.#connection.run("INSERT INTO files VALUES (?, 'building')", name);
  }

  /** Forgets a file once it has been removed. */
  forgetFile(name: string): void {
    this.#connection.run("DELETE FROM files WHERE name = ?", name);
  }

  /** Adds a namespace whose file has been made. */
  add(namespace: RegisteredNamespace): void {
    this.#connection.transaction(() => {
      this.#setState(namespace.file, "live");
      this.#connection.run(
        `INSERT INTO namespaces (id, token_hash, description, metadata, created_at, file)
         VALUES (?, ?, ?, ?, ?, ?)`,
        namespace.id,
        namespace.tokenHash,
        namespace.description,
        namespace.metadata,
        namespace.createdAt,
        namespace.file,
      );
    });
  }

  replaceToken(namespace: RegisteredNamespace, tokenHash: string): void {
    this.#connection.transaction(() => {
      this.#connection.run(
        "UPDATE namespaces SET token_hash = ? WHERE id = ?",
        tokenHash,
        namespace.id,
      );
    });
    namespace.tokenHash = tokenHash;
  }

  /** Gives a namespace another file, in one transaction; the old one is left to be removed. */
  replaceFile(namespace: RegisteredNamespace, file: string): void {
    this.#connection.transaction(() => {
      this.#setState(namespace.file, "garbage");
      this.#setState(file, "live");
      this.#connection.run("UPDATE namespaces SET file = ? WHERE id = ?", file, namespace.id);
    });
    namespace.file = file;
  }

  /** Takes a namespace out; its file is left to be removed. */
  remove(namespace: RegisteredNamespace): void {
    this.#connection.transaction(() => {
      this.#connection.run("DELETE FROM namespaces WHERE id = ?", namespace.id);
      this.#setState(namespace.file, "garbage");
    });
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }

  /** Notes that a file is to be removed; a removal that a crash cuts short is finished at start. */
  noteGarbage(file: string): void {
    this.#setState(file, "garbage");
  }

  #setState(file: string, state: "live" | "garbage"): void {
    this.#connection.run("UPDATE files SET state = ? WHERE name = ?", state, file);
  }
}
