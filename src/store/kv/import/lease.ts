/**
 * The lease of an import: who has it is the only one to import into the namespace, and writes wait.
 * It has to be renewed, so that the namespace is free again soon after an import's process has died.
 *
 * @module
 */

import { kvHeartbeatMs, kvLayersMax, kvLeaseMs } from "../limits.ts";
import { importInProgress, OutcomeUnknown } from "../../refusals.ts";
import { type Database, Pack, remove, set } from "../database.ts";
import { foldLayers } from "../layers/merge_layers.ts";
import { type GarbageNote, type Head, isHeld, type Lease } from "../head.ts";
import type { Namespace } from "../namespace.ts";
import { garbageLayerKey, lastLayerKey, leaseKey } from "../schema.ts";
import { untilDone } from "../wait.ts";

export class HeldLease {
  readonly layer: number;
  /** That the layer has not been given up: what every operation of the import is checked against. */
  readonly layerCheck: Deno.AtomicCheck;
  readonly #namespace: Namespace;
  readonly #database: Database;
  readonly #key: Deno.KvKey;
  readonly #holder: string;
  #versionstamp: string;
  /** Whether it may have been renewed without a word of that. */
  #isUncertain = false;
  #renewing: Promise<void> | undefined;
  readonly #timer: ReturnType<typeof setInterval>;

  private constructor(
    namespace: Namespace,
    { layer, holder }: Lease,
    versionstamp: string,
  ) {
    this.#namespace = namespace;
    this.#database = namespace.database;
    this.#key = leaseKey(namespace.id);
    this.#holder = holder;
    this.layer = layer;
    this.layerCheck = { key: garbageLayerKey(layer), versionstamp };
    this.#versionstamp = versionstamp;
    this.#timer = setInterval(() => this.#renewing ??= this.#renew(), kvHeartbeatMs);
    Deno.unrefTimer(this.#timer);
  }

  /** Takes the lease, with a new layer to fill. From here on, nothing else changes the namespace. */
  static async take(namespace: Namespace): Promise<[HeldLease, Head]> {
    return await untilDone("import into", namespace.id, async () => {
      const head = await namespace.head();
      if (isHeld(head.lease)) throw importInProgress("import into", namespace.id);
      if (head.layout.value.layers.length >= kvLayersMax) {
        await foldLayers(namespace);
        return undefined;
      }
      const held = await HeldLease.#tryTake(namespace, head);
      return held && [held, await held.#readHead()];
    });
  }

  static async #tryTake(
    namespace: Namespace,
    { layout, lease }: Head,
  ): Promise<HeldLease | undefined> {
    const { database, id } = namespace;
    const lastLayer = await database.get<number>(lastLayerKey);
    const layer = (lastLayer.value ?? 0) + 1;
    const taken = newLease(layer);
    const pack = new Pack(database, [layout, lease, lastLayer])
      .add(set(lastLayerKey, layer))
      .add(set(lease.key, taken))
      .add(set(garbageLayerKey(layer), { importInto: id } satisfies GarbageNote))
      // The same layout with another versionstamp: a fold of layers that is under way fails.
      .add(set(layout.key, layout.value));
    // A dead import's layer: should the import come back to life, it finds that it is over.
    if (lease.value !== null) pack.add(set(garbageLayerKey(lease.value.layer), {}));
    const findOwn = async () => {
      const found = await database.get<Lease>(lease.key);
      return found.value?.holder === taken.holder ? found.versionstamp : null;
    };
    try {
      const versionstamp = await pack.commitOnce(findOwn);
      return versionstamp === null ? undefined : new HeldLease(namespace, taken, versionstamp);
    } catch (error) {
      // Without a holder, it expires.
      throw error instanceof OutcomeUnknown ? error.reason : error;
    }
  }

  /** Reads the namespace's head: only now do writes stay away. */
  async #readHead(): Promise<Head> {
    try {
      return await this.#namespace.head();
    } catch (error) {
      // Otherwise its timer would renew it for ever.
      await this.release().catch(() => {});
      throw error;
    }
  }

  /** Stops renewing it, for good; resolves to the check that it is still held. */
  async stop(): Promise<Deno.AtomicCheck> {
    clearInterval(this.#timer);
    await this.#renewing;
    if (this.#isUncertain) await this.#ask();
    return { key: this.#key, versionstamp: this.#versionstamp };
  }

  /** Gives the lease up, and the layer with it. Where that fails, it runs out by itself. */
  async release(): Promise<void> {
    const check = await this.stop();
    await new Pack(this.#database, [check])
      .add(remove(check.key))
      .add(set(garbageLayerKey(this.layer), {} satisfies GarbageNote))
      .commit();
  }

  async #renew(): Promise<void> {
    try {
      const check = { key: this.#key, versionstamp: this.#versionstamp };
      const versionstamp = await new Pack(this.#database, [check])
        .add(set(this.#key, newLease(this.layer, this.#holder))).commit();
      // The response to this renewal or to an earlier one may have been lost.
      if (versionstamp === null) await this.#ask();
      else this.#versionstamp = versionstamp;
      this.#isUncertain = false;
    } catch {
      // The next one may do better; if none does, the import finds out when it commits.
      this.#isUncertain = true;
    } finally {
      this.#renewing = undefined;
    }
  }

  /** Asks the database which renewal was the last. */
  async #ask(): Promise<void> {
    const lease = await this.#database.get<Lease>(this.#key);
    if (lease.versionstamp !== null && lease.value.holder === this.#holder) {
      this.#versionstamp = lease.versionstamp;
    }
  }
}

function newLease(layer: number, holder: string = crypto.randomUUID()): Lease {
  return { layer, holder, expires: Date.now() + kvLeaseMs };
}
