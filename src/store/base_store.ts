/**
 * What every store does alike: its namespaces, its imports, and how it is closed.
 *
 * @module
 */

import type { NamespaceSummary, StreamsQuery, StreamSummary } from "../listings.ts";
import { importWaitMs } from "../limits.ts";
import type { LinkSource } from "../slice/link_source.ts";
import type { EventIndex, LinkBounds } from "./event_index.ts";
import { type ImportWork, RunningImport } from "./import_unit.ts";
import { IndexedLinks } from "./indexed_links.ts";
import type { CatchUpOptions, LinkTable } from "./link_table.ts";
import type { Announcer } from "./listeners.ts";
import { storeClosed } from "./refusals.ts";
import type { Appended, ImportMode, ImportUnit, NamespaceRecord, NewNamespace } from "./store.ts";

/** How a store is opened, on every backend. */
export interface StoreOptions {
  /** How long a write or a deletion waits for an import, in milliseconds. Default: 5,000. */
  importWaitMs?: number;
}

/** A backend's namespaces. */
export interface NamespaceRegistry {
  create(namespace: NewNamespace): Promise<NamespaceRecord>;
  find(id: string): Promise<NamespaceRecord | null>;
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
  #closed: Promise<void> | undefined;

  constructor({ importWaitMs: waitMs = importWaitMs }: StoreOptions) {
    this.importWaitMs = waitMs;
  }

  /** Begins an import. @throws {EventoDBError} `IMPORT_IN_PROGRESS`, `NAMESPACE_NOT_FOUND`. */
  protected abstract begin(id: string, mode: ImportMode): Promise<ImportWork>;

  /** Opens what finds events and the links between them, of the messages that the namespace has now. */
  protected abstract indexesOf(id: string): Promise<{ index: EventIndex; table: LinkTable }>;

  abstract listStreams(id: string, query: StreamsQuery): Promise<StreamSummary[]>;

  /** Closes the store, once; nothing new comes any more. */
  protected abstract close(): Promise<void>;

  /** Called when an import or a deletion may have left something that nobody needs. */
  protected garbageLeft(): void {}

  async createNamespace(namespace: NewNamespace): Promise<NamespaceRecord> {
    this.checkOpen();
    return await this.registry.create(namespace);
  }

  async findNamespace(id: string): Promise<NamespaceRecord | null> {
    this.checkOpen();
    return await this.registry.find(id);
  }

  async replaceToken(id: string, tokenHash: string): Promise<void> {
    this.checkOpen();
    await this.registry.replaceToken(id, tokenHash);
  }

  async listNamespaces(): Promise<NamespaceSummary[]> {
    this.checkOpen();
    return await this.registry.list();
  }

  async deleteNamespace(id: string): Promise<number> {
    this.checkOpen();
    const count = await this.registry.delete(id, this.importWaitMs);
    this.announcer.tell({ namespace: id, kind: "deleted" });
    this.garbageLeft();
    return count;
  }

  async openLinks(id: string, bounds: LinkBounds, options?: CatchUpOptions): Promise<LinkSource> {
    const indexes = await this.indexesOf(id);
    const listStreams = (query: StreamsQuery) => this.listStreams(id, query);
    return await IndexedLinks.open({ ...indexes, listStreams }, bounds, options);
  }

  async beginImport(id: string, mode: ImportMode = {}): Promise<ImportUnit> {
    this.checkOpen();
    const unit = new RunningImport(await this.begin(id, mode), {
      tell: (change) => this.announcer.tell({ ...change, namespace: id }),
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
