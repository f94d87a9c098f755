/**
 * The Postgres store: the contract of {@linkcode Store} over a pool of connections, shared with any
 * number of other servers.
 *
 * @module
 */

import { postgresRegistrationMs } from "./limits.ts";
import type { WriteResult } from "../../message.ts";
import { BaseStore, type StoreOptions } from "../base_store.ts";
import type { NamespaceIndexes } from "../indexed_links.ts";
import type { ImportWork } from "../import_unit.ts";
import { namespaceNotFound } from "../refusals.ts";
import type { ImportMode } from "../store.ts";
import { type RequestedWrite, WriteQueues } from "../write_queue.ts";
import { PostgresAnnouncer } from "./announcer.ts";
import type { Database } from "./connection/database.ts";
import { isMissing } from "./errors.ts";
import { PostgresImport } from "./import/import.ts";
import { PostgresLinkTable } from "./link_table.ts";
import { PostgresEventIndex } from "./read/event_index.ts";
import { PostgresReads } from "./read/read.ts";
import { Registry } from "./registry.ts";
import { PostgresSummaries } from "./summaries.ts";
import { PostgresWriter } from "./write.ts";

export class PostgresStore extends BaseStore {
  override readonly backend = "postgres";
  readonly #database: Database;
  protected override readonly registry: Registry;
  readonly #queues: WriteQueues;
  protected override readonly announcer: PostgresAnnouncer;

  /** @param database The database; the store closes it. */
  constructor(database: Database, options: StoreOptions) {
    super(options, postgresRegistrationMs);
    this.#database = database;
    this.registry = new Registry(database);
    this.announcer = new PostgresAnnouncer(database, this.registry);
    this.#queues = new WriteQueues({
      writerOf: (id) => new PostgresWriter(database, id),
      importWaitMs: this.importWaitMs,
      onWritten: (id, outcome) => this.written(id, outcome),
    });
  }

  protected override reads(id: string): PostgresReads {
    return new PostgresReads(this.#database, id);
  }

  protected override summaries(id: string): PostgresSummaries {
    return new PostgresSummaries(this.#database, id);
  }

  protected override async indexes(id: string): Promise<NamespaceIndexes> {
    const index = await PostgresEventIndex.open(this.#database, id);
    return { index, table: new PostgresLinkTable(this.#database, id, index.begun) };
  }

  protected override queue(id: string, write: RequestedWrite): Promise<WriteResult> {
    return this.#queues.write(id, write);
  }

  protected override begin(id: string, mode: ImportMode): Promise<ImportWork> {
    return PostgresImport.begin(this.#database, id, mode);
  }

  override connections(): Promise<number> {
    return Promise.resolve(this.#database.connections + this.announcer.connections);
  }

  /**
   * The names of a namespace's tables follow from its id, so the registry, and not what is kept of it in
   * memory, is asked only when they are not there.
   */
  protected override async failureOf(id: string, error: unknown): Promise<unknown> {
    if (!isMissing(error)) return error;
    this.forget(id);
    return await this.registry.find(id) === undefined ? namespaceNotFound(id) : error;
  }

  /** Lets writes that wait settle, rolls imports back, and closes the connections. */
  protected override async close(): Promise<void> {
    await this.abortImports();
    await this.#queues.settle();
    await this.announcer[Symbol.asyncDispose]();
    await this.#database[Symbol.asyncDispose]();
  }
}
