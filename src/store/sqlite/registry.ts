/**
 * The registry: which namespaces there are. One process owns the data folder, so what was read at the
 * start stays true: lookups are served from memory.
 *
 * @module
 */

import type { NamespaceSummary } from "../../listings.ts";
import { nowTime } from "../../now.ts";
import { within } from "../../waiting.ts";
import type { NamespaceRegistry } from "../base_store.ts";
import { importInProgress, namespaceExists, namespaceNotFound, storeClosed } from "../refusals.ts";
import type { NamespaceRecord, NewNamespace } from "../store.ts";
import { type Files, newFileName } from "./files.ts";
import { readState } from "./message_table.ts";
import { Namespace } from "./namespace.ts";
import type { RegisteredNamespace, RegistryTable } from "./registry_table.ts";
import type { GroupOutcome, WriteListener } from "../write_queue.ts";

export class Registry implements NamespaceRegistry {
  readonly #name: string;
  readonly #table: RegistryTable;
  readonly #files: Files;
  readonly #onWritten: WriteListener;
  readonly #namespaces = new Map<string, Namespace>();
  readonly #removals = new Set<Promise<void>>();
  #isClosed = false;

  /** @param name The registry's file name, which the namespaces' files begin with. */
  constructor(
    { name, table, files }: { name: string; table: RegistryTable; files: Files },
    onWritten: WriteListener,
  ) {
    this.#name = name;
    this.#table = table;
    this.#files = files;
    this.#onWritten = onWritten;
    for (const registered of table.namespaces()) this.#add(registered);
  }

  async create(
    { id, tokenHash, description, metadata }: NewNamespace,
  ): Promise<NamespaceRecord> {
    if (this.#namespaces.has(id)) throw namespaceExists(id);
    const file = newFileName(this.#name, id);
    const registered = { id, tokenHash, description, metadata, createdAt: nowTime(), file };
    this.#table.noteFile(file);
    try {
      this.#files.create(file);
      this.#table.add(registered);
    } catch (error) {
      await this.discard(file);
      throw error;
    }
    this.#add(registered);
    return recordOf(registered);
  }

  // deno-lint-ignore require-await -- what is thrown is to reject
  async find(id: string): Promise<NamespaceRecord | undefined> {
    const namespace = this.#namespaces.get(id);
    return namespace && recordOf(namespace.registered);
  }

  // deno-lint-ignore require-await -- what is thrown is to reject
  async replaceToken(id: string, tokenHash: string): Promise<void> {
    this.#table.replaceToken(this.get(id).registered, tokenHash);
  }

  async list(): Promise<NamespaceSummary[]> {
    const summaries: NamespaceSummary[] = [];
    for (const id of this.#table.ids()) {
      const namespace = this.#namespaces.get(id);
      const connection = await namespace?.reading()().catch((error) => {
        // One that is deleted meanwhile is no longer in the list.
        if (namespace.isDeleted) return undefined;
        throw error;
      });
      if (namespace === undefined || connection === undefined) continue;
      const { description, createdAt } = namespace.registered;
      const { messages } = readState(connection);
      summaries.push({ namespace: id, description, createdAt, messageCount: messages });
    }
    return summaries;
  }

  async delete(id: string, importWaitMs: number): Promise<number> {
    const [file, messages] = await this.whenFree(id, "delete", importWaitMs, (namespace) => {
      namespace.writes.flush();
      const { file } = namespace.registered;
      const messages = countMessages(namespace);
      this.#table.remove(namespace.registered);
      namespace.isDeleted = true;
      this.#namespaces.delete(id);
      return [file, messages] as const;
    });
    await this.discard(file);
    return messages;
  }

  /** @throws {EventoDBError} `NAMESPACE_NOT_FOUND`. */
  get(id: string): Namespace {
    if (this.#isClosed) throw storeClosed();
    const namespace = this.#namespaces.get(id);
    if (namespace === undefined) throw namespaceNotFound(id);
    return namespace;
  }

  /** Does something that an import into the namespace must not meet, in the tick that finds none. */
  async whenFree<T>(
    id: string,
    action: string,
    importWaitMs: number,
    work: (namespace: Namespace) => T | Promise<T>,
  ): Promise<T> {
    const end = performance.now() + importWaitMs;
    for (;;) {
      const namespace = this.get(id);
      if (namespace.importEnded === undefined) return await work(namespace);
      const ended = namespace.importEnded.then(() => true);
      if (!await within(ended, end - performance.now())) throw importInProgress(action, id);
    }
  }

  /** Names a file for a namespace's next messages, and notes it. */
  noteNewFile(id: string): string {
    const file = newFileName(this.#name, id);
    this.#table.noteFile(file);
    return file;
  }

  /** Gives a namespace another file, in one transaction. */
  replaceFile({ registered }: Namespace, file: string): void {
    const old = registered.file;
    this.#table.replaceFile(registered, file);
    const removal = this.discard(old).finally(() => this.#removals.delete(removal));
    this.#removals.add(removal);
  }

  /**
   * Removes a file that no namespace uses. What cannot be removed now is removed at the next start, so
   * this never fails.
   */
  async discard(file: string): Promise<void> {
    try {
      this.#table.noteGarbage(file);
      await this.#files.remove(file);
      this.#table.forgetFile(file);
    } catch {
      // It stays noted as no longer needed.
    }
  }

  /** Lets writes that wait settle, and imports come to their end. */
  async settle(): Promise<void> {
    this.#isClosed = true;
    const namespaces = [...this.#namespaces.values()];
    for (const namespace of namespaces) {
      namespace.isClosed = true;
      namespace.writes.flush();
    }
    for (const { importEnded } of namespaces) await importEnded;
    await Promise.allSettled(this.#removals);
  }

  #add(registered: RegisteredNamespace): void {
    const { id } = registered;
    const onWritten = (outcome: GroupOutcome) => this.#onWritten(id, outcome);
    this.#namespaces.set(id, new Namespace(registered, this.#files, onWritten));
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

function recordOf({ file: _, ...record }: RegisteredNamespace): NamespaceRecord {
  return record;
}
