/**
 * The Deno KV store: the contract of {@linkcode Store} over a file, a database in memory or a remote
 * one, shared with any number of other servers.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import { kvRegistrationMs } from "./limits.ts";
import type { Message, WriteResult } from "../../message.ts";
import { BaseStore, type StoreOptions } from "../base_store.ts";
import type { ImportWork } from "../import_unit.ts";
import type {
  CategorySummary,
  NamespaceInfo,
  StreamsQuery,
  StreamSummary,
} from "../../listings.ts";
import type { ImportMode, MessageQuery, Store, StreamQuery } from "../store.ts";
import type { GroupOutcome, RequestedWrite } from "../waiting_writes.ts";
import { WriteQueues } from "../write_queue.ts";
import type { Presence } from "./file_lock.ts";
import type { LinkTable } from "../link_table.ts";
import { KvLinkTable } from "./link_table.ts";
import type { EventIndex } from "../event_index.ts";
import { KvEventIndex } from "./read/event_index.ts";
import { KvAnnouncer } from "./announcer.ts";
import type { Database } from "./database.ts";
import { KvImport } from "./import/import.ts";
import { fitsKey } from "./schema.ts";
import type { Maintenance } from "./maintenance/maintenance.ts";
import { findMessage, lastMessage, readMessages, readStream, streamVersion } from "./read/read.ts";
import { Registry } from "./registry.ts";
import { listCategories, listStreams, namespaceInfo } from "./summaries.ts";
import { KvWriter } from "./write.ts";

/** The parts of a Deno KV store. */
export interface KvParts extends StoreOptions {
  /** The database. */
  database: Database;
  /** What keeps it in order. */
  maintenance: Maintenance;
  /** Says that this server uses the file; absent where there is no file. */
  presence?: Presence;
  /** How often to look for other processes' commits, in milliseconds; absent where there are none. */
  followMs?: number;
}

/** A store that keeps its messages in Deno KV. */
export class KvStore extends BaseStore implements Store {
  readonly backend = "kv";
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
    this.#queues = new WriteQueues(
      (id) => new KvWriter(this.#database, id),
      this.importWaitMs,
      (id, outcome) => this.written(id, outcome),
    );
  }

  async namespaceInfo(id: string): Promise<Required<NamespaceInfo>> {
    this.checkOpen();
    return await namespaceInfo(this.#database, this.registry, id);
  }

  override async listStreams(id: string, query: StreamsQuery): Promise<StreamSummary[]> {
    this.checkOpen();
    return await listStreams(this.#database, id, query);
  }

  async listCategories(id: string): Promise<CategorySummary[]> {
    this.checkOpen();
    return await listCategories(this.#database, id);
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

  async *readStream(id: string, stream: string, query: StreamQuery): AsyncGenerator<Message[]> {
    this.checkOpen();
    yield* readStream(this.#database, id, stream, query);
  }

  async *readMessages(id: string, query: MessageQuery): AsyncGenerator<Message[]> {
    this.checkOpen();
    yield* readMessages(this.#database, id, query);
  }

  async openIndex(id: string): Promise<EventIndex> {
    this.checkOpen();
    return await KvEventIndex.open(this.#database, id);
  }

  async findMessage(id: string, messageId: string): Promise<Message | null> {
    this.checkOpen();
    return await findMessage(this.#database, id, messageId);
  }

  async lastMessage(id: string, stream: string, type?: string): Promise<Message | null> {
    this.checkOpen();
    return await lastMessage(this.#database, id, stream, type);
  }

  async streamVersion(id: string, stream: string): Promise<number | null> {
    this.checkOpen();
    return await streamVersion(this.#database, id, stream);
  }

  connections(): Promise<number> {
    return Promise.resolve(this.#database.connections);
  }

  /**
   * Resolves once what goes on in the background has come to its end: layers that are no longer read
   * are deleted, and layers are folded.
   */
  get settled(): Promise<void> {
    return this.#parts.maintenance.settled;
  }

  protected override async indexesOf(
    id: string,
  ): Promise<{ index: EventIndex; table: LinkTable }> {
    this.checkOpen();
    const index = await KvEventIndex.open(this.#database, id);
    return { index, table: new KvLinkTable(this.#database, id, index.begun) };
  }

  protected override written(id: string, { appended, previous, own }: GroupOutcome): void {
    if (appended.length === 0) return;
    this.announcer.notify({ namespace: id, kind: "written", messages: appended, previous }, own);
  }

  protected override begin(id: string, mode: ImportMode): Promise<ImportWork> {
    return KvImport.begin(this.#database, id, mode);
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
