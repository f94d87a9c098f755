/**
 * The SQLite backend: a registry and a file for each namespace.
 *
 * @module
 */

import type { Message, NewMessage, WriteResult } from "../../message.ts";
import { nowTime } from "../../now.ts";
import { nextTick } from "../../tick.ts";
import { Listeners } from "../listeners.ts";
import { BaseStore } from "../base_store.ts";
import type { ImportWork } from "../import_unit.ts";
import { importInProgress, namespaceExists, namespaceNotFound } from "../refusals.ts";
import type {
  CategorySummary,
  NamespaceInfo,
  NamespaceSummary,
  StreamsQuery,
  StreamSummary,
} from "../../listings.ts";
import type {
  Appended,
  ImportMode,
  MessageQuery,
  NamespaceRecord,
  NewNamespace,
  Store,
  StreamQuery,
} from "../store.ts";
import type { LinkSource } from "../../slice/link_source.ts";
import { IndexedLinks } from "../indexed_links.ts";
import type { CatchUpOptions } from "../link_table.ts";
import { SqliteLinkTable } from "./link_table.ts";
import type { EventIndex, LinkBounds } from "../event_index.ts";
import { SqliteEventIndex } from "./read/event_index.ts";
import type { Connection } from "./connection.ts";
import { type Files, newFileName } from "./files/files.ts";
import { SqliteImport } from "./import/import.ts";
import type { FolderLock } from "./files/lock.ts";
import { readState, versionOf } from "./message_table.ts";
import { Namespace } from "./namespace.ts";
import { lastMessage, readLines, readMessages, readStream } from "./read/read.ts";
import type { RegisteredNamespace, Registry } from "./registry.ts";
import { listCategories, listStreams, namespaceActivity } from "./summaries.ts";

/** The parts of a SQLite store. */
export interface SqliteParts {
  /** The registry's file name. */
  name: string;
  /** The registry. */
  registry: Registry;
  /** The namespaces' files. */
  files: Files;
  /** The lock on the folder; absent in memory. */
  lock?: FolderLock;
  /** How long a write waits for an import into its namespace, in milliseconds. */
  importWaitMs: number;
}

/** A store that keeps its messages in SQLite. */
export class SqliteStore extends BaseStore implements Store {
  readonly backend = "sqlite";
  readonly #parts: SqliteParts;
  readonly #namespaces = new Map<string, Namespace>();
  readonly #listeners = new Listeners();
  readonly #removals = new Set<Promise<void>>();

  /** @param parts Its parts; the store closes them. */
  constructor(parts: SqliteParts) {
    super();
    this.#parts = parts;
    for (const registered of parts.registry.list()) this.#add(registered);
  }

  async createNamespace(namespace: NewNamespace): Promise<NamespaceRecord> {
    this.checkOpen();
    const { registry, files, name } = this.#parts;
    if (this.#namespaces.has(namespace.id)) {
      throw namespaceExists(namespace.id);
    }
    const file = newFileName(name, namespace.id);
    const { id, tokenHash, description, metadata } = namespace;
    const registered = { id, tokenHash, description, metadata, createdAt: nowTime(), file };
    registry.noteFile(file);
    try {
      files.create(file);
      registry.add(registered);
    } catch (error) {
      await this.#discard(file);
      throw error;
    }
    this.#add(registered);
    return record(registered);
  }

  // deno-lint-ignore require-await -- what is thrown is to reject
  async findNamespace(id: string): Promise<NamespaceRecord | null> {
    this.checkOpen();
    const namespace = this.#namespaces.get(id);
    return namespace === undefined ? null : record(namespace.registered);
  }

  // deno-lint-ignore require-await -- what is thrown is to reject
  async replaceToken(id: string, tokenHash: string): Promise<void> {
    this.#parts.registry.replaceToken(this.#find(id).registered, tokenHash);
  }

  async listNamespaces(): Promise<NamespaceSummary[]> {
    this.checkOpen();
    const summaries: NamespaceSummary[] = [];
    for (const { id, description, createdAt } of this.#parts.registry.list()) {
      const namespace = this.#namespaces.get(id);
      const connection = await this.#read(id).catch((error) => {
        // One that is deleted meanwhile is no longer in the list.
        if (namespace?.isDeleted ?? true) return undefined;
        throw error;
      });
      if (connection === undefined) continue;
      const { messages } = readState(connection);
      summaries.push({ namespace: id, description, createdAt, messageCount: messages });
    }
    return summaries;
  }

  async deleteNamespace(id: string): Promise<number> {
    const [file, messages] = await this.#whenFree(id, "delete", (namespace) => {
      namespace.writes.flush();
      const { file } = namespace.registered;
      const messages = countMessages(namespace);
      this.#parts.registry.remove(namespace.registered);
      namespace.isDeleted = true;
      this.#namespaces.delete(id);
      return [file, messages] as const;
    });
    await this.#discard(file);
    this.tell({ namespace: id, kind: "deleted" });
    return messages;
  }

  async namespaceInfo(id: string): Promise<Required<NamespaceInfo>> {
    const { description, createdAt } = this.#find(id).registered;
    return { namespace: id, description, createdAt, ...namespaceActivity(await this.#read(id)) };
  }

  async listStreams(id: string, query: StreamsQuery): Promise<StreamSummary[]> {
    return listStreams(await this.#read(id), query);
  }

  async listCategories(id: string): Promise<CategorySummary[]> {
    return listCategories(await this.#read(id));
  }

  write(
    id: string,
    stream: string,
    message: NewMessage,
    expectedVersion?: number,
  ): Promise<WriteResult> {
    return this.#whenFree(
      id,
      "write to",
      (namespace) => namespace.writes.write({ stream, message, expectedVersion }),
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

  async openLinks(
    id: string,
    bounds: LinkBounds,
    options?: CatchUpOptions,
  ): Promise<LinkSource> {
    const connect = this.#turns(this.#find(id).linking());
    const parts = {
      index: new SqliteEventIndex(async () => (await connect()).messages),
      table: new SqliteLinkTable(connect),
      listStreams: (query: StreamsQuery) => this.listStreams(id, query),
    };
    return await IndexedLinks.open(parts, bounds, options);
  }

  async lastMessage(id: string, stream: string, type?: string): Promise<Message | null> {
    return await lastMessage(this.#reading(id), stream, type);
  }

  async streamVersion(id: string, stream: string): Promise<number | null> {
    const version = versionOf(await this.#read(id), stream);
    return version < 0 ? null : version;
  }

  protected override tell(appended: Appended): void {
    this.#listeners.tell(appended);
  }

  onAppended(listener: (appended: Appended) => void): () => void {
    return this.#listeners.add(listener);
  }

  // deno-lint-ignore require-await -- the contract is asynchronous
  async connections(): Promise<number> {
    return this.isClosed ? 0 : 1 + this.#parts.files.connections;
  }

  closeSoon(): void {
    this.#parts.lock?.markClosing();
  }

  protected override async begin(id: string, mode: ImportMode): Promise<ImportWork> {
    const namespace = this.#find(id);
    if (namespace.importEnded !== undefined) throw importInProgress("import into", id);
    namespace.writes.flush();
    const { highWater, messages } = readState(namespace.writer);
    const { registry, files, name } = this.#parts;
    const replaces = mode.force === true || messages === 0;
    const release = namespace.holdForImport();
    const file = replaces ? newFileName(name, id) : namespace.registered.file;
    const discard = async () => {
      if (replaces) await this.#discard(file);
    };
    try {
      if (replaces) registry.noteFile(file);
      const skipExisting = mode.existing === "skip";
      const loader = await files.load(file, { isFresh: replaces, skipExisting, highWater });
      const publish = () => {
        if (replaces) this.#replaceFile(namespace, file);
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
    const { registry, files, lock } = this.#parts;
    for (const { writes } of this.#namespaces.values()) writes.flush();
    // Those that are just being begun are aborted once they have.
    void this.abortImports();
    for (const { importEnded } of this.#namespaces.values()) await importEnded;
    await Promise.allSettled(this.#removals);
    files.closeAll();
    registry[Symbol.dispose]();
    lock?.[Symbol.dispose]();
  }

  #find(id: string): Namespace {
    this.checkOpen();
    const namespace = this.#namespaces.get(id);
    if (namespace === undefined) throw namespaceNotFound(id);
    return namespace;
  }

  #add(registered: RegisteredNamespace): void {
    const { id } = registered;
    const namespace = new Namespace(
      registered,
      this.#parts.files,
      (messages, previous) => this.tell({ namespace: id, kind: "written", messages, previous }),
    );
    this.#namespaces.set(id, namespace);
  }

  /** The connection of a read of one turn. */
  #read(id: string): Promise<Connection> {
    return this.#reading(id)();
  }

  /** The connections of a read of several turns. */
  #reading(id: string): () => Promise<Connection> {
    return this.#turns(this.#find(id).reading());
  }

  #turns<T>(connect: () => Promise<T>): () => Promise<T> {
    return async () => {
      // Also before the first: a caller that polls in a loop would let nobody write.
      await nextTick();
      this.checkOpen();
      return await connect();
    };
  }

  /** Does something that an import into the namespace must not meet, in the turn that finds none. */
  async #whenFree<T>(
    id: string,
    action: string,
    work: (namespace: Namespace) => T | Promise<T>,
  ): Promise<T> {
    let timeout: Promise<boolean> | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      for (;;) {
        const namespace = this.#find(id);
        if (namespace.importEnded === undefined) return await work(namespace);
        timeout ??= new Promise((resolve) => {
          timer = setTimeout(() => resolve(true), this.#parts.importWaitMs);
        });
        if (await Promise.race([namespace.importEnded, timeout])) {
          throw importInProgress(action, id);
        }
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #replaceFile(namespace: Namespace, file: string): void {
    const old = namespace.registered.file;
    this.#parts.registry.replaceFile(namespace.registered, file);
    const removal = this.#discard(old).finally(() => this.#removals.delete(removal));
    this.#removals.add(removal);
  }

  /**
   * Removes a file that is nobody's. What cannot be removed now is removed at the next start, so
   * this never fails.
   */
  async #discard(file: string): Promise<void> {
    try {
      this.#parts.registry.noteGarbage(file);
      await this.#parts.files.remove(file);
      this.#parts.registry.forgetFile(file);
    } catch {
      // It stays noted as no longer needed.
    }
  }
}

/** A namespace whose file is damaged or missing can be deleted all the same. */
function countMessages(namespace: Namespace): number {
  try {
    return readState(namespace.writer).messages;
  } catch {
    return 0;
  }
}

function record(
  { id, tokenHash, description, metadata, createdAt }: RegisteredNamespace,
): NamespaceRecord {
  return { id, tokenHash, description, metadata, createdAt };
}
