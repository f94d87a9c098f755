/**
 * The Deno KV store: the contract of {@linkcode Store} over a file, a database in memory or a remote
 * one, shared with any number of other servers.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import { kvRegistrationMs } from "./limits.ts";
import type { WriteResult } from "../../message.ts";
import { BaseStore, type StoreOptions } from "../base_store.ts";
import type { NamespaceIndexes } from "../indexed_links.ts";
import type { ImportWork } from "../import_unit.ts";
import type { ImportMode } from "../store.ts";
import { type RequestedWrite, WriteQueues } from "../write_queue.ts";
import { KvAnnouncer } from "./announcer.ts";
import type { Database } from "./database.ts";
import type { Presence } from "./file_lock.ts";
import { KvImport } from "./import/import.ts";
import { KvLinkTable } from "./link_table.ts";
import type { Maintenance } from "./layers/maintenance.ts";
import { Namespace } from "./namespace.ts";
import { KvEventIndex } from "./read/event_index.ts";
import { KvReads } from "./read/read.ts";
import { Registry } from "./registry.ts";
import { fitsKey } from "./schema.ts";
import { KvSummaries } from "./summaries.ts";
import { KvWriter } from "./write.ts";

export interface KvParts extends StoreOptions {
  database: Database;
  maintenance: Maintenance;
  /** Says that this server uses the file; absent where there is no file. */
  presence?: Presence;
  /** How often to look for other processes' commits, in milliseconds; absent where there are none. */
  followMs?: number;
}

export class KvStore extends BaseStore {
  override readonly backend = "kv";
  readonly #parts: KvParts;
  readonly #database: Database;
  protected override readonly registry: Registry;
  readonly #queues: WriteQueues;
  protected override readonly announcer: KvAnnouncer;

  /** @param parts Its parts; the store closes them. */
  constructor(parts: KvParts) {
    // What another server does to a registration is seen a little later where asking takes a round trip.
    super(parts, parts.database.isRemote ? kvRegistrationMs : 0);
    this.#parts = parts;
    this.#database = parts.database;
    this.registry = new Registry(parts.database);
    this.announcer = new KvAnnouncer(parts.database, parts.followMs);
    this.#queues = new WriteQueues({
      writerOf: (id) => new KvWriter(this.#namespace(id)),
      importWaitMs: this.importWaitMs,
      onWritten: (id, outcome) => this.written(id, outcome),
    });
  }

  protected override reads(id: string): KvReads {
    return new KvReads(this.#namespace(id));
  }

  protected override summaries(id: string): KvSummaries {
    return new KvSummaries(this.#namespace(id));
  }

  protected override async indexes(id: string): Promise<NamespaceIndexes> {
    const namespace = this.#namespace(id);
    const { value: begun } = await namespace.layout();
    const index = new KvEventIndex(namespace, begun);
    return { index, table: new KvLinkTable(namespace, begun) };
  }

  protected override async queue(id: string, write: RequestedWrite): Promise<WriteResult> {
    const { stream } = write;
    if (!fitsKey(stream)) {
      throw new EventoDBError(
        "INVALID_REQUEST",
        `Cannot write to a stream whose name has ${stream.length} characters: ` +
          "it is too long for a key of Deno KV",
      );
    }
    return await this.#queues.write(id, write);
  }

  override connections(): Promise<number> {
    return Promise.resolve(this.#database.connections);
  }

  /**
   * Resolves once what goes on in the background has come to its end: layers that are no longer read
   * are deleted, and layers are folded.
   */
  get settled(): Promise<void> {
    return this.#parts.maintenance.settled;
  }

  protected override begin(id: string, mode: ImportMode): Promise<ImportWork> {
    return KvImport.begin(this.#namespace(id), mode);
  }

  #namespace(id: string): Namespace {
    return new Namespace(this.#database, id);
  }

  protected override garbageLeft(): void {
    this.#parts.maintenance.wake();
  }

  /** Lets writes that wait settle, rolls imports back, and closes the database. */
  protected override async close(): Promise<void> {
    const { maintenance, presence } = this.#parts;
    await Promise.all([
      maintenance[Symbol.asyncDispose](),
      this.announcer[Symbol.asyncDispose](),
      this.#queues.settle(),
      this.abortImports(),
    ]);
    this.#database[Symbol.dispose]();
    presence?.[Symbol.dispose]();
  }
}
