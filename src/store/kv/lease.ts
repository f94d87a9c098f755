/**
 * The lease of an import: who has it is the only one to import into the namespace, and writes wait.
 * It has to be renewed, so that the namespace is free again soon after an import's process has died.
 *
 * @module
 */

import { kvHeartbeatMs, kvLayersMax, kvLeaseMs, kvRetryMs } from "../../limits.ts";
import { importInProgress } from "../refusals.ts";
import type { Database } from "./database.ts";
import { contended } from "./errors.ts";
import { foldLayers } from "./fold.ts";
import { type Head, isHeld, type Lease, readHead } from "./head.ts";
import { garbageLayerKey, lastLayerKey, layoutKey, leaseKey } from "./keys.ts";
import { Pack, remove, set } from "./pack.ts";
import { pause } from "./wait.ts";

/** The note that nobody reads a layer. */
export interface GarbageNote {
  /** The namespace whose import fills it; absent once it is to be deleted. */
  importInto?: string;
}

/** A lease that is held. */
export class HeldLease {
  /** The layer that the import fills. */
  readonly layer: number;
  /** That the layer has not been given up: what every operation of the import is checked against. */
  readonly layerCheck: Deno.AtomicCheck;
  readonly #database: Database;
  readonly #id: string;
  #versionstamp: string;
  #renewing: Promise<void> | undefined;
  readonly #timer: ReturnType<typeof setInterval>;

  private constructor(database: Database, id: string, layer: number, versionstamp: string) {
    this.#database = database;
    this.#id = id;
    this.layer = layer;
    this.layerCheck = { key: garbageLayerKey(layer), versionstamp };
    this.#versionstamp = versionstamp;
    this.#timer = setInterval(() => this.#renewing ??= this.#renew(), kvHeartbeatMs);
    Deno.unrefTimer(this.#timer);
  }

  /**
   * Takes the lease, with a new layer to fill. From here on, nothing else changes the namespace.
   *
   * @param database The database.
   * @param id The namespace's id.
   * @returns The lease, and the namespace's head.
   * @throws {EventoDBError} `IMPORT_IN_PROGRESS`, `NAMESPACE_NOT_FOUND`.
   */
  static async take(database: Database, id: string): Promise<[HeldLease, Head]> {
    const start = performance.now();
    for (let attempt = 0; performance.now() - start < kvRetryMs; attempt++) {
      const head = await readHead(database, id);
      if (isHeld(head.lease)) throw importInProgress("import into", id);
      if (head.layout.value.layers.length >= kvLayersMax) {
        await foldLayers(database, id);
        continue;
      }
      const held = await HeldLease.#tryTake(database, id, head);
      // Only now do writes stay away.
      if (held !== undefined) return [held, await readHead(database, id)];
      await pause(attempt);
    }
    throw contended("import into", id);
  }

  static async #tryTake(
    database: Database,
    id: string,
    { layout, lease }: Head,
  ): Promise<HeldLease | undefined> {
    const lastLayer = await database.get<number>(lastLayerKey);
    const layer = (lastLayer.value ?? 0) + 1;
    const pack = new Pack(database, [layout, lease, lastLayer])
      .add(set(lastLayerKey, layer))
      .add(set(leaseKey(id), newLease(layer)))
      .add(set(garbageLayerKey(layer), { importInto: id } satisfies GarbageNote))
      // The same layout with another versionstamp: whoever folds layers gives up.
      .add(set(layoutKey(id), layout.value));
    // A dead import's layer: should the import come back to life, it finds that it is over.
    if (lease.value !== null) pack.add(set(garbageLayerKey(lease.value.layer), {}));
    const versionstamp = await pack.commit();
    return versionstamp === null ? undefined : new HeldLease(database, id, layer, versionstamp);
  }

  /**
   * Stops renewing it, for good.
   *
   * @returns That the lease is still held, as a check.
   */
  async stop(): Promise<Deno.AtomicCheck> {
    clearInterval(this.#timer);
    await this.#renewing;
    return { key: leaseKey(this.#id), versionstamp: this.#versionstamp };
  }

  /** Gives the lease up, and the layer with it. */
  async release(): Promise<void> {
    const check = await this.stop();
    await new Pack(this.#database, [check])
      .add(remove(check.key))
      .add(set(garbageLayerKey(this.layer), {} satisfies GarbageNote))
      .commit();
  }

  async #renew(): Promise<void> {
    try {
      const key = leaseKey(this.#id);
      const check = { key, versionstamp: this.#versionstamp };
      const versionstamp = await new Pack(this.#database, [check])
        .add(set(key, newLease(this.layer))).commit();
      if (versionstamp !== null) this.#versionstamp = versionstamp;
      else {
        // The answer to an earlier renewal may have been lost.
        const lease = await this.#database.get<Lease>(key);
        if (lease.versionstamp !== null && lease.value.layer === this.layer) {
          this.#versionstamp = lease.versionstamp;
        }
      }
    } catch {
      // The next one may do better; if none does, the import finds out when it commits.
    } finally {
      this.#renewing = undefined;
    }
  }
}

function newLease(layer: number): Lease {
  return { layer, expires: Date.now() + kvLeaseMs };
}
