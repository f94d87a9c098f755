/**
 * What every store does alike: its namespaces, its imports, and how it is closed.
 *
 * @module
 */

import { importWaitMs } from "./limits.ts";
import type { NamespaceSummary, StreamsQuery, StreamSummary } from "../listings.ts";
import type { NewMessage, WriteResult } from "../message.ts";
import type { LinkSource } from "../slice/links/link_source.ts";
import type { EventIndex, LinkBounds } from "./event_index.ts";
import { type ImportWork, RunningImport } from "./import_unit.ts";
import { IndexedLinks } from "./indexed_links.ts";
import { type CatchUpOptions, LinkSteps, type LinkTable } from "./link_table.ts";
import type { Announcer } from "./listeners.ts";
import { storeClosed } from "./refusals.ts";
import { RegistrationCache } from "./registration_cache.ts";
import type { Appended, ImportMode, ImportUnit, NamespaceRecord, NewNamespace } from "./store.ts";
import type { GroupOutcome, RequestedWrite } from "./waiting_writes.ts";

/** How a store is opened, on every backend. */
export interface StoreOptions {
  /** How long a write or a deletion waits for an import, in milliseconds. Default: 5,000. */
  importWaitMs?: number;
}

/** A backend's namespaces. */
export interface NamespaceRegistry {
  create(namespace: NewNamespace): Promise<NamespaceRecord>;
  find(id: string): Promise<NamespaceRecord | undefined>;
  replaceToken(id: string, tokenHash: string): Promise<void>;
  list(): Promise<NamespaceSummary[]>;
  /** Resolves to how many messages there were. Waits so long for an import to end, in milliseconds. */
  delete(id: string, importWaitMs: number): Promise<number>;
}

/** The base of a backend's store. */
export abstract class BaseStore implements AsyncDisposable {
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

  /** Queues a write into a namespace. */
  protected abstract queue(id: string, write: RequestedWrite): Promise<WriteResult>;

  /** Opens what finds events and the links between them, of the messages that the namespace has now. */
  protected abstract indexesOf(id: string): Promise<{ index: EventIndex; table: LinkTable }>;

  abstract listStreams(id: string, query: StreamsQuery): Promise<StreamSummary[]>;

  /** Closes the store, once; nothing new comes any more. */
  protected abstract close(): Promise<void>;

  /** Called when an import or a deletion may have left garbage. */
  protected garbageLeft(): void {}

  async createNamespace(namespace: NewNamespace): Promise<NamespaceRecord> {
    this.checkOpen();
    return await this.registry.create(namespace);
  }

  async findNamespace(id: string): Promise<NamespaceRecord | null> {
    this.checkOpen();
    return await this.#registrations.find(id, () => this.registry.find(id));
  }

  async replaceToken(id: string, tokenHash: string): Promise<void> {
    this.checkOpen();
    await this.registry.replaceToken(id, tokenHash).finally(() => this.forget(id));
  }

  async listNamespaces(): Promise<NamespaceSummary[]> {
    this.checkOpen();
    return await this.registry.list();
  }

  async deleteNamespace(id: string): Promise<number> {
    this.checkOpen();
    const count = await this.registry.delete(id, this.importWaitMs).finally(() => this.forget(id));
    this.announcer.notify({ namespace: id, kind: "deleted" });
    this.garbageLeft();
    return count;
  }

  async write(
    id: string,
    stream: string,
    message: NewMessage,
    expectedVersion?: number,
  ): Promise<WriteResult> {
    this.checkOpen();
    return await this.queue(id, { stream, message, expectedVersion });
  }

  async openLinks(id: string, bounds: LinkBounds, options?: CatchUpOptions): Promise<LinkSource> {
    const parts = {
      ...await this.indexesOf(id),
      steps: this.#linkSteps,
      listStreams: (query: StreamsQuery) => this.listStreams(id, query),
    };
    return await IndexedLinks.open(parts, bounds, options);
  }

  async beginImport(id: string, mode: ImportMode = {}): Promise<ImportUnit> {
    this.checkOpen();
    const unit = new RunningImport(await this.begin(id, mode), {
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
  protected written(id: string, { appended, previous }: GroupOutcome): void {
    if (appended.length === 0) return;
    this.announcer.notify({ namespace: id, kind: "written", messages: appended, previous });
  }

  protected get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  /** @throws {EventoDBError} `BACKEND_ERROR` for a store that has been disposed of. */
  protected checkOpen(): void {
    if (this.isClosed) throw storeClosed();
  }

  /** Rolls back all imports that run. */
  protected async abortImports(): Promise<void> {
    await Promise.all([...this.#imports.keys()].map((unit) => unit.abort(storeClosed())));
  }
}
