/**
 * The Postgres store: the contract of {@linkcode Store} over a pool of connections, shared with any
 * number of other servers.
 *
 * @module
 */

import { postgresRegistrationMs } from "./limits.ts";
import type { Message, WriteResult } from "../../message.ts";
import { BaseStore, type StoreOptions } from "../base_store.ts";
import type { ImportWork } from "../import_unit.ts";
import { namespaceNotFound } from "../refusals.ts";
import type {
  CategorySummary,
  NamespaceInfo,
  StreamsQuery,
  StreamSummary,
} from "../../listings.ts";
import type { ImportMode, MessageQuery, Store, StreamQuery } from "../store.ts";
import type { LinkTable } from "../link_table.ts";
import { PostgresLinkTable } from "./link_table.ts";
import type { EventIndex } from "../event_index.ts";
import { PostgresEventIndex } from "./read/event_index.ts";
import type { RequestedWrite } from "../waiting_writes.ts";
import { WriteQueues } from "../write_queue.ts";
import { PostgresAnnouncer } from "./announcer.ts";
import type { Database } from "./connection/database.ts";
import { isMissing } from "./errors.ts";
import { PostgresImport } from "./import/import.ts";
import { schemaOf } from "./names.ts";
import {
  findMessage,
  lastMessage,
  readLines,
  readMessages,
  readStream,
  streamVersion,
} from "./read/read.ts";
import { Registry } from "./registry.ts";
import { listCategories, listStreams, namespaceInfo } from "./summaries.ts";
import { PostgresWriter } from "./write.ts";

/** A store that keeps its messages in Postgres. */
export class PostgresStore extends BaseStore implements Store {
  readonly backend = "postgres";
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
    this.#queues = new WriteQueues(
      (id) => new PostgresWriter(database, id),
      this.importWaitMs,
      (id, outcome) => this.written(id, outcome),
    );
  }

  async namespaceInfo(id: string): Promise<Required<NamespaceInfo>> {
    return await this.#within(id, async (schema) => {
      const info = await namespaceInfo(this.#database, schema, id);
      if (info === undefined) throw namespaceNotFound(id);
      return info;
    });
  }

  override async listStreams(id: string, query: StreamsQuery): Promise<StreamSummary[]> {
    return await this.#within(id, (schema) => listStreams(this.#database, schema, query));
  }

  async listCategories(id: string): Promise<CategorySummary[]> {
    return await this.#within(id, (schema) => listCategories(this.#database, schema));
  }

  protected override queue(id: string, write: RequestedWrite): Promise<WriteResult> {
    return this.#within(id, () => this.#queues.write(id, write));
  }

  readStream(id: string, stream: string, query: StreamQuery): AsyncIterable<Message[]> {
    return this.#pages(id, () => readStream(this.#database, id, stream, query));
  }

  readMessages(id: string, query: MessageQuery): AsyncIterable<Message[]> {
    return this.#pages(id, () => readMessages(this.#database, id, query));
  }

  readLines(id: string, query: MessageQuery): AsyncIterable<Uint8Array<ArrayBuffer>> {
    return this.#pages(id, () => readLines(this.#database, id, query));
  }

  async openIndex(id: string): Promise<EventIndex> {
    return await this.#within(id, (schema) => PostgresEventIndex.open(this.#database, id, schema));
  }

  async findMessage(id: string, messageId: string): Promise<Message | null> {
    return await this.#within(id, (schema) => findMessage(this.#database, schema, messageId));
  }

  async lastMessage(id: string, stream: string, type?: string): Promise<Message | null> {
    return await this.#within(id, (schema) => lastMessage(this.#database, schema, stream, type));
  }

  async streamVersion(id: string, stream: string): Promise<number | null> {
    return await this.#within(id, (schema) => streamVersion(this.#database, schema, stream));
  }

  connections(): Promise<number> {
    return Promise.resolve(this.#database.connections + this.announcer.connections);
  }

  protected override async indexesOf(
    id: string,
  ): Promise<{ index: EventIndex; table: LinkTable }> {
    return await this.#within(id, async (schema) => {
      const index = await PostgresEventIndex.open(this.#database, id, schema);
      return { index, table: new PostgresLinkTable(this.#database, id, index.begun) };
    });
  }

  protected override begin(id: string, mode: ImportMode): Promise<ImportWork> {
    return this.#within(id, () => PostgresImport.begin(this.#database, id, mode));
  }

  /** Lets writes that wait settle, rolls imports back, and closes the connections. */
  protected override async close(): Promise<void> {
    await this.abortImports();
    await this.#queues.settle();
    await this.announcer[Symbol.asyncDispose]();
    await this.#database[Symbol.asyncDispose]();
  }

  /**
   * Runs an operation on a namespace's tables. Their names follow from its id, so the registry is
   * asked only when they are not there.
   */
  async #within<T>(id: string, work: (schema: string) => Promise<T>): Promise<T> {
    this.checkOpen();
    try {
      return await work(schemaOf(id));
    } catch (error) {
      if (isMissing(error)) await this.#checkThere(id);
      throw error;
    }
  }

  /** @throws {EventoDBError} `NAMESPACE_NOT_FOUND`, whatever is kept in memory. */
  async #checkThere(id: string): Promise<void> {
    this.forget(id);
    if (await this.registry.find(id) === undefined) throw namespaceNotFound(id);
  }

  async *#pages<T>(
    id: string,
    read: () => AsyncIterable<T>,
  ): AsyncGenerator<T, void> {
    this.checkOpen();
    try {
      for await (const page of read()) {
        yield page;
        this.checkOpen();
      }
    } catch (error) {
      if (isMissing(error)) await this.#checkThere(id);
      throw error;
    }
  }
}
