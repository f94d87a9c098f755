/**
 * The SQLite backend: a registry and a file for each namespace.
 *
 * @module
 */

import type { WriteResult } from "../../message.ts";
import { BaseStore, type StoreOptions } from "../base_store.ts";
import type { NamespaceIndexes } from "../indexed_links.ts";
import type { ImportWork } from "../import_unit.ts";
import { type Announcer, Listeners } from "../listeners.ts";
import type { ImportMode } from "../store.ts";
import type { RequestedWrite } from "../write_queue.ts";
import type { Files } from "./files.ts";
import type { FolderLock } from "./files/lock.ts";
import { SqliteImport } from "./import/import.ts";
import { SqliteLinkTable } from "./link_table.ts";
import { SqliteEventIndex } from "./read/event_index.ts";
import { SqliteReads } from "./read/read.ts";
import { Registry } from "./registry.ts";
import type { RegistryTable } from "./registry_table.ts";
import { SqliteSummaries } from "./summaries.ts";

export interface SqliteParts extends StoreOptions {
  name: string;
  table: RegistryTable;
  files: Files;
  /** The lock on the folder; absent in memory. */
  lock?: FolderLock;
}

export class SqliteStore extends BaseStore {
  override readonly backend = "sqlite";
  readonly #parts: SqliteParts;
  protected override readonly registry: Registry;
  protected override readonly announcer: Announcer = new Listeners();

  /** @param parts Its parts; the store closes them. */
  constructor(parts: SqliteParts) {
    super(parts);
    this.#parts = parts;
    this.registry = new Registry(parts, (id, outcome) => this.written(id, outcome));
  }

  protected override reads(id: string): SqliteReads {
    return new SqliteReads(this.registry.get(id));
  }

  protected override summaries(id: string): SqliteSummaries {
    return new SqliteSummaries(this.registry.get(id));
  }

  protected override async indexes(id: string): Promise<NamespaceIndexes> {
    const connect = this.registry.get(id).linking();
    // Which messages are meant is settled now, and not when they are first looked at.
    await connect();
    const index = new SqliteEventIndex(async () => (await connect()).messages);
    return { index, table: new SqliteLinkTable(connect) };
  }

  protected override queue(id: string, write: RequestedWrite): Promise<WriteResult> {
    return this.registry.whenFree(
      id,
      "write to",
      this.importWaitMs,
      ({ writes }) => writes.write(write),
    );
  }

  // deno-lint-ignore require-await -- the contract is asynchronous
  override async connections(): Promise<number> {
    return this.isClosed ? 0 : 1 + this.#parts.files.connections;
  }

  closeSoon(): void {
    this.#parts.lock?.markClosing();
  }

  protected override begin(id: string, mode: ImportMode): Promise<ImportWork> {
    return SqliteImport.begin(this.registry, this.#parts.files, id, mode);
  }

  protected override async close(): Promise<void> {
    this.closeSoon();
    // Those that are just being begun are aborted once they have.
    void this.abortImports();
    await this.registry.settle();
    const { table, files, lock } = this.#parts;
    files.closeAll();
    table[Symbol.dispose]();
    lock?.[Symbol.dispose]();
  }
}
