/**
 * The SQLite backend: a registry and a file for each namespace.
 *
 * @module
 */

import type { Message, WriteResult } from "../../message.ts";
import { type Announcer, Listeners } from "../listeners.ts";
import { BaseStore, type StoreOptions } from "../base_store.ts";
import type { ImportWork } from "../import_unit.ts";
import { importInProgress } from "../refusals.ts";
import type {
  CategorySummary,
  NamespaceInfo,
  StreamsQuery,
  StreamSummary,
} from "../../listings.ts";
import type { ImportMode, MessageQuery, Store, StreamQuery } from "../store.ts";
import type { LinkTable } from "../link_table.ts";
import type { RequestedWrite } from "../waiting_writes.ts";
import { SqliteLinkTable } from "./link_table.ts";
import type { EventIndex } from "../event_index.ts";
import { SqliteEventIndex } from "./read/event_index.ts";
import type { Connection } from "./connection.ts";
import type { Files } from "./files/files.ts";
import { SqliteImport } from "./import/import.ts";
import type { FolderLock } from "./files/lock.ts";
import { readState, versionOf } from "./message_table.ts";
import type { Namespace } from "./namespace.ts";
import { findMessage, lastMessage, readLines, readMessages, readStream } from "./read/read.ts";
import { Registry } from "./registry.ts";
import type { RegistryTable } from "./registry_table.ts";
import { listCategories, listStreams, namespaceActivity } from "./summaries.ts";

/** The parts of a SQLite store. */
export interface SqliteParts extends StoreOptions {
  /** The registry's file name. */
  name: string;
  /** The registry's file. */
  table: RegistryTable;
  /** The namespaces' files. */
  files: Files;
  /** The lock on the folder; absent in memory. */
  lock?: FolderLock;
}

/** A store that keeps its messages in SQLite. */
export class SqliteStore extends BaseStore implements Store {
  readonly backend = "sqlite";
  readonly #parts: SqliteParts;
  protected override readonly registry: Registry;
  protected override readonly announcer: Announcer = new Listeners();

  /** @param parts Its parts; the store closes them. */
  constructor(parts: SqliteParts) {
    super(parts);
    this.#parts = parts;
    this.registry = new Registry(parts, (id, outcome) => this.written(id, outcome));
  }

  async namespaceInfo(id: string): Promise<Required<NamespaceInfo>> {
    const connection = await this.#read(id);
    const { description, createdAt } = this.registry.get(id).registered;
    return { namespace: id, description, createdAt, ...namespaceActivity(connection) };
  }

  override async listStreams(id: string, query: StreamsQuery): Promise<StreamSummary[]> {
    return listStreams(await this.#read(id), query);
  }

  async listCategories(id: string): Promise<CategorySummary[]> {
    return listCategories(await this.#read(id));
  }

  protected override queue(id: string, write: RequestedWrite): Promise<WriteResult> {
    return this.registry.whenFree(
      id,
      "write to",
      this.importWaitMs,
      ({ writes }) => writes.write(write),
    );
  }

  async *readStream(id: string, stream: string, query: StreamQuery): AsyncGenerator<Message[]> {
    yield* readStream(this.#reading(id), stream, query);
  }

  async *readMessages(id: string, query: MessageQuery): AsyncGenerator<Message[]> {
    yield* readMessages(this.#reading(id), query);
  }

  async *readLines(id: string, query: MessageQuery): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    yield* readLines(this.#reading(id), query);
  }

  async openIndex(id: string): Promise<EventIndex> {
    const connect = this.#reading(id);
    await connect();
    return new SqliteEventIndex(connect);
  }

  async findMessage(id: string, messageId: string): Promise<Message | null> {
    return findMessage(await this.#read(id), messageId);
  }

  async lastMessage(id: string, stream: string, type?: string): Promise<Message | null> {
    return await lastMessage(this.#reading(id), stream, type);
  }

  async streamVersion(id: string, stream: string): Promise<number | null> {
    const version = versionOf(await this.#read(id), stream);
    return version < 0 ? null : version;
  }

  // deno-lint-ignore require-await -- the contract is asynchronous
  async connections(): Promise<number> {
    return this.isClosed ? 0 : 1 + this.#parts.files.connections;
  }

  closeSoon(): void {
    this.#parts.lock?.markClosing();
  }

  // deno-lint-ignore require-await -- what is thrown is to reject
  protected override async indexesOf(
    id: string,
  ): Promise<{ index: EventIndex; table: LinkTable }> {
    const connect = this.#namespace(id).linking();
    const index = new SqliteEventIndex(async () => (await connect()).messages);
    return { index, table: new SqliteLinkTable(connect) };
  }

  protected override async begin(id: string, mode: ImportMode): Promise<ImportWork> {
    const { registry } = this;
    const namespace = registry.get(id);
    if (namespace.importEnded !== undefined) throw importInProgress("import into", id);
    namespace.writes.flush();
    const { highWater, messages } = readState(namespace.writer);
    const replaces = mode.force === true || messages === 0;
    const release = namespace.holdForImport();
    let { file } = namespace.registered;
    const discard = async () => {
      if (file !== namespace.registered.file) await registry.discard(file);
    };
    try {
      if (replaces) file = registry.noteNewFile(id);
      const skipExisting = mode.existing === "skip";
      const options = { isFresh: replaces, skipExisting, highWater };
      const loader = await this.#parts.files.load(file, options);
      const publish = () => {
        if (replaces) registry.replaceFile(namespace, file);
      };
      return new SqliteImport(loader, { replaces, publish, discard, release });
    } catch (error) {
      await discard();
      release();
      throw error;
    }
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

  /** The connection of a read of one tick. */
  #read(id: string): Promise<Connection> {
    return this.#reading(id)();
  }

  /** The connections of a read of several ticks. */
  #reading(id: string): () => Promise<Connection> {
    return this.#namespace(id).reading();
  }

  #namespace(id: string): Namespace {
    this.checkOpen();
    return this.registry.get(id);
  }
}
