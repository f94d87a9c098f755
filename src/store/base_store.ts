/**
 * What every store does alike: its namespaces, what is asked of one of them, its imports, and how it is closed.
 *
 * @module
 */

import { importWaitMs } from "./limits.ts";
import type {
  CategorySummary,
  NamespaceInfo,
  NamespaceSummary,
  StreamsQuery,
  StreamSummary,
} from "../listings.ts";
import type { Message, NewMessage, WriteResult } from "../message.ts";
import type { LinkSource } from "../slice/links/link_source.ts";
import type { EventIndex, LinkBounds } from "./event_index.ts";
import { type ImportWork, RunningImport } from "./import_unit.ts";
import { IndexedLinks, type NamespaceIndexes } from "./indexed_links.ts";
import { type CatchUpOptions, LinkSteps } from "./link_table.ts";
import type { Announcer } from "./listeners.ts";
import { namespaceNotFound, storeClosed } from "./refusals.ts";
import { RegistrationCache } from "./registration_cache.ts";
import type {
  Appended,
  BackendName,
  ImportMode,
  ImportUnit,
  MessageQuery,
  NamespaceRecord,
  NewNamespace,
  Store,
  StreamQuery,
} from "./store.ts";
import type { GroupOutcome, RequestedWrite } from "./write_queue.ts";

/** How a store is opened, on every backend. */
export interface StoreOptions {
  /** How long a write or a deletion waits for an import, in milliseconds. Default: 5,000. */
  importWaitMs?: number;
}

export interface NamespaceRegistry {
  create(namespace: NewNamespace): Promise<NamespaceRecord>;
  find(id: string): Promise<NamespaceRecord | undefined>;
  replaceToken(id: string, tokenHash: string): Promise<void>;
  list(): Promise<NamespaceSummary[]>;
  /** Resolves to how many messages there were. Waits so long for an import to end, in milliseconds. */
  delete(id: string, importWaitMs: number): Promise<number>;
}

/** Reads the messages of one namespace, each as the method of {@linkcode Store} of the same name. */
export interface NamespaceReads {
  readStream(stream: string, query: StreamQuery): AsyncIterable<Message[]>;
  readMessages(query: MessageQuery): AsyncIterable<Message[]>;
  readLines(query: MessageQuery): AsyncIterable<Uint8Array<ArrayBuffer>>;
  findMessage(messageId: string): Promise<Message | null>;
  lastMessage(stream: string, type?: string): Promise<Message | null>;
  streamVersion(stream: string): Promise<number | null>;
}

/** What the messages of a namespace tell of it. */
export type NamespaceActivity = Omit<
  Required<NamespaceInfo>,
  "namespace" | "description" | "createdAt"
>;

/** Lists what one namespace holds, without a scan of its messages. */
export interface NamespaceSummaries {
  activity(): Promise<NamespaceActivity>;
  listStreams(query: StreamsQuery): Promise<StreamSummary[]>;
  listCategories(): Promise<CategorySummary[]>;
}

export abstract class BaseStore implements Store {
  abstract readonly backend: BackendName;
  protected abstract readonly registry: NamespaceRegistry;
  protected abstract readonly announcer: Announcer;
  protected readonly importWaitMs: number;
  /** Imports that run, and their namespaces. */
  readonly #imports = new Map<RunningImport, string>();
  readonly #linkSteps = new LinkSteps();
  readonly #registrations: RegistrationCache;
  #closed: Promise<void> | undefined;

  /** @param registrationMs How long a registration is kept in memory, in milliseconds: others may change it. */
  constructor({ importWaitMs: waitMs = importWaitMs }: StoreOptions, registrationMs: number = 0) {
    this.importWaitMs = waitMs;
    this.#registrations = new RegistrationCache(registrationMs);
  }

  /** Begins an import. @throws {EventoDBError} `IMPORT_IN_PROGRESS`, `NAMESPACE_NOT_FOUND`. */
  protected abstract begin(id: string, mode: ImportMode): Promise<ImportWork>;

  protected abstract queue(id: string, write: RequestedWrite): Promise<WriteResult>;

  protected abstract reads(id: string): NamespaceReads;
  protected abstract summaries(id: string): NamespaceSummaries;
  protected abstract indexes(id: string): Promise<NamespaceIndexes>;

  /** What an operation on a namespace fails with, by what the engine has thrown. */
  protected failureOf(_id: string, error: unknown): Promise<unknown> {
    return Promise.resolve(error);
  }

  abstract connections(): Promise<number>;

  /** Closes the store, once; nothing new comes any more. */
  protected abstract close(): Promise<void>;

  /** Called when an import or a deletion may have left garbage. */
  protected garbageLeft(): void {}

  async createNamespace(namespace: NewNamespace): Promise<NamespaceRecord> {
    this.#checkOpen();
    return await this.registry.create(namespace);
  }

  async findNamespace(id: string): Promise<NamespaceRecord | null> {
    this.#checkOpen();
    return await this.#registrations.find(id, () => this.registry.find(id));
  }

  async replaceToken(id: string, tokenHash: string): Promise<void> {
    this.#checkOpen();
    await this.registry.replaceToken(id, tokenHash).finally(() => this.forget(id));
  }

  async listNamespaces(): Promise<NamespaceSummary[]> {
    this.#checkOpen();
    return await this.registry.list();
  }

  async deleteNamespace(id: string): Promise<number> {
    this.#checkOpen();
    const count = await this.registry.delete(id, this.importWaitMs).finally(() => this.forget(id));
    this.announcer.notify({ namespace: id, kind: "deleted" });
    this.garbageLeft();
    return count;
  }

  namespaceInfo(id: string): Promise<Required<NamespaceInfo>> {
    return this.#within(id, async () => {
      const [registered, activity] = await Promise.all([
        this.registry.find(id),
        this.summaries(id).activity(),
      ]);
      if (registered === undefined) throw namespaceNotFound(id);
      const { description, createdAt } = registered;
      return { namespace: id, description, createdAt, ...activity };
    });
  }

  listStreams(id: string, query: StreamsQuery): Promise<StreamSummary[]> {
    return this.#within(id, () => this.summaries(id).listStreams(query));
  }

  listCategories(id: string): Promise<CategorySummary[]> {
    return this.#within(id, () => this.summaries(id).listCategories());
  }

  write(
    id: string,
    stream: string,
    message: NewMessage,
    expectedVersion?: number,
  ): Promise<WriteResult> {
    return this.#within(id, () => this.queue(id, { stream, message, expectedVersion }));
  }

  readStream(id: string, stream: string, query: StreamQuery): AsyncIterable<Message[]> {
    return this.#pages(id, (reads) => reads.readStream(stream, query));
  }

  readMessages(id: string, query: MessageQuery): AsyncIterable<Message[]> {
    return this.#pages(id, (reads) => reads.readMessages(query));
  }

  readLines(id: string, query: MessageQuery): AsyncIterable<Uint8Array<ArrayBuffer>> {
    return this.#pages(id, (reads) => reads.readLines(query));
  }

  findMessage(id: string, messageId: string): Promise<Message | null> {
    return this.#within(id, () => this.reads(id).findMessage(messageId));
  }

  lastMessage(id: string, stream: string, type?: string): Promise<Message | null> {
    return this.#within(id, () => this.reads(id).lastMessage(stream, type));
  }

  streamVersion(id: string, stream: string): Promise<number | null> {
    return this.#within(id, () => this.reads(id).streamVersion(stream));
  }

  async openIndex(id: string): Promise<EventIndex> {
    return (await this.#within(id, () => this.indexes(id))).index;
  }

  async openLinks(id: string, bounds: LinkBounds, options?: CatchUpOptions): Promise<LinkSource> {
    const parts = {
      ...await this.#within(id, () => this.indexes(id)),
      steps: this.#linkSteps,
      listStreams: (query: StreamsQuery) => this.listStreams(id, query),
    };
    const links = new IndexedLinks(parts, bounds, options);
    await links.catchUp();
    return links;
  }

  async beginImport(id: string, mode: ImportMode = {}): Promise<ImportUnit> {
    const unit = new RunningImport(await this.#within(id, () => this.begin(id, mode)), {
      notify: (change) => this.announcer.notify({ ...change, namespace: id }),
      ended: () => {
        this.#imports.delete(unit);
        this.garbageLeft();
      },
    });
    this.#imports.set(unit, id);
    if (this.isClosed) await unit.abort(storeClosed());
    return unit;
  }

  onAppended(listener: (appended: Appended) => void, wanted?: () => Iterable<string>): () => void {
    const remove = this.announcer.listen(listener, wanted);
    for (const [{ isAnnounced }, namespace] of this.#imports) {
      if (isAnnounced) listener({ namespace, kind: "committing" });
    }
    return remove;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closed ??= (async () => {
      // A tick later, so that what is called from now on finds the store closed.
      await Promise.resolve();
      await this.close();
    })();
  }

  /** Reads a namespace's registration again when it is next needed. */
  protected forget(id: string): void {
    this.#registrations.forget(id);
  }

  /** Notifies listeners of a group of writes that is durable. */
  protected written(id: string, { appended, previous, own }: GroupOutcome): void {
    if (appended.length === 0) return;
    this.announcer.notify({ namespace: id, kind: "written", messages: appended, previous }, own);
  }

  protected get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  protected async abortImports(): Promise<void> {
    await Promise.all([...this.#imports.keys()].map((unit) => unit.abort(storeClosed())));
  }

  /** @throws {EventoDBError} `BACKEND_ERROR` for a store that has been disposed of. */
  #checkOpen(): void {
    if (this.isClosed) throw storeClosed();
  }

  async #within<T>(id: string, work: () => Promise<T>): Promise<T> {
    this.#checkOpen();
    try {
      return await work();
    } catch (error) {
      throw await this.failureOf(id, error);
    }
  }

  async *#pages<T>(
    id: string,
    read: (reads: NamespaceReads) => AsyncIterable<T>,
  ): AsyncGenerator<T, void> {
    this.#checkOpen();
    try {
      for await (const page of read(this.reads(id))) {
        yield page;
        this.#checkOpen();
      }
    } catch (error) {
      throw await this.failureOf(id, error);
    }
  }
}
