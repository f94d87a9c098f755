/**
 * What runs in the background: layers and chunks that are not read are deleted, and layers are
 * folded. All of it is done in small steps, may end after any of them, and goes on at the next start.
 *
 * @module
 */

import { kvChunksMs, kvDeletedAtOnceMax, kvMaintenanceRetryMs } from "../limits.ts";
import { type Database, Pack, remove, set } from "../database.ts";
import { EventoDBError } from "../../../errors.ts";
import { foldLayers } from "./merge_layers.ts";
import { type GarbageNote, isHeld, type Layout, type Lease } from "../head.ts";
import {
  garbageKey,
  garbageLayerKey,
  layerKey,
  layoutsKey,
  leaseKey,
  leasesKey,
  pendingKey,
} from "../schema.ts";
import { discardChunks, type PendingNote } from "../message_chunks.ts";
import { Namespace } from "../namespace.ts";

export class Maintenance implements AsyncDisposable {
  readonly #database: Database;
  readonly #stop = new AbortController();
  #isWanted = false;
  #running: Promise<void> | undefined;
  /** The leases of imports that are known to be dead. */
  readonly #dead: Deno.KvEntry<Lease>[] = [];
  #retrying: ReturnType<typeof setTimeout> | undefined;

  constructor(database: Database) {
    this.#database = database;
    database.collectWith(() => {
      this.wake();
      return this.settled;
    });
  }

  /** Resolves once there is nothing left to do for now. */
  get settled(): Promise<void> {
    return this.#running ?? Promise.resolve();
  }

  /** Says that there may be something to do. */
  wake(): void {
    this.#isWanted = true;
    if (!this.#stop.signal.aborted) this.#running ??= this.#run();
  }

  /**
   * Takes the leases of imports that are known to be dead, without waiting until they run out.
   * Only for who is alone with the database.
   */
  async endAllImports(): Promise<void> {
    for await (const page of this.#database.listAll<Lease>(leasesKey)) this.#dead.push(...page);
    await this.#endDeadImports();
    for await (const page of this.#database.listAll<PendingNote>(pendingKey)) {
      for (const entry of page) {
        await new Pack(this.#database, [entry])
          .add(set(entry.key, { ...entry.value, since: 0 })).commit();
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#retrying);
    await this.#running;
    await this.#database.reserve?.[Symbol.asyncDispose]();
  }

  async #run(): Promise<void> {
    try {
      while (this.#isWanted && !this.#stop.signal.aborted) {
        this.#isWanted = false;
        await this.#endDeadImports();
        await this.#collectChunks();
        await this.#collectLayers();
        await this.#foldAll();
      }
      void this.#database.reserve?.refill();
    } catch {
      // Whatever it is, reads and writes report it too.
      this.#wakeLater();
    } finally {
      this.#running = undefined;
    }
  }

  #wakeLater(): void {
    if (this.#stop.signal.aborted || this.#retrying !== undefined) return;
    this.#retrying = setTimeout(() => {
      this.#retrying = undefined;
      this.wake();
    }, kvMaintenanceRetryMs);
    Deno.unrefTimer(this.#retrying);
  }

  async #collectChunks(): Promise<void> {
    for await (const page of this.#database.listAll<PendingNote>(pendingKey)) {
      for (const { key, value: { layer, since }, versionstamp } of page) {
        this.#stop.signal.throwIfAborted();
        if (Date.now() - since < kvChunksMs) continue;
        await discardChunks(this.#database, layer, key.at(-1) as string, { key, versionstamp });
      }
    }
  }

  async #collectLayers(): Promise<void> {
    for await (const page of this.#database.listAll<GarbageNote>(garbageKey)) {
      for (const { key, value: { importInto } } of page) {
        const layer = key.at(-1) as number;
        if (importInto === undefined || await this.#isAbandoned(layer, importInto)) {
          await this.#deleteLayer(layer);
        }
      }
    }
  }

  /** Whether an import is dead; when it is, it also finds so, should it come back to life. */
  async #isAbandoned(layer: number, id: string): Promise<boolean> {
    const lease = await this.#database.get<Lease>(leaseKey(id));
    if (isHeld(lease) && lease.value?.layer === layer) return false;
    if (lease.value?.layer === layer) return await this.#endImport(lease);
    // The note was read before, and the import may have been committed since.
    const note = await this.#database.get<GarbageNote>(garbageLayerKey(layer));
    if (note.value?.importInto === undefined) return note.value !== null;
    return await new Pack(this.#database, [lease, note]).add(set(note.key, {})).commit() !== null;
  }

  async #endDeadImports(): Promise<void> {
    for (let lease = this.#dead.at(-1); lease !== undefined; lease = this.#dead.at(-1)) {
      await this.#endImport(lease);
      this.#dead.pop();
    }
  }

  async #endImport(lease: Deno.KvEntryMaybe<Lease>): Promise<boolean> {
    if (lease.value === null) return false;
    return await new Pack(this.#database, [lease])
      .add(remove(lease.key), set(garbageLayerKey(lease.value.layer), {})).commit() !== null;
  }

  async #deleteLayer(layer: number): Promise<void> {
    const { signal } = this.#stop;
    for await (const page of this.#database.listAll(layerKey(layer), kvDeletedAtOnceMax)) {
      signal.throwIfAborted();
      let pack = new Pack(this.#database);
      for (const { key } of page) {
        if (pack.tryAdd(remove(key))) continue;
        await pack.commit();
        pack = new Pack(this.#database).add(remove(key));
      }
      await pack.commit();
    }
    await new Pack(this.#database).add(remove(garbageLayerKey(layer))).commit();
  }

  async #foldAll(): Promise<void> {
    for await (const page of this.#database.listAll<Layout>(layoutsKey)) {
      for (const { key, value: { layers } } of page) {
        if (layers.length < 2) continue;
        if (await this.#fold(key.at(-1) as string)) this.#isWanted = true;
      }
    }
  }

  async #fold(id: string): Promise<boolean> {
    const { signal } = this.#stop;
    const namespace = new Namespace(this.#database, id);
    try {
      signal.throwIfAborted();
      while (await foldLayers(namespace, signal));
      // What was folded is garbage now.
      return true;
    } catch (error) {
      if (error instanceof EventoDBError && error.code === "NAMESPACE_NOT_FOUND") return false;
      throw error;
    }
  }
}
