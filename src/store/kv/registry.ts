/**
 * The registry: which namespaces there are. Several servers may share it.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import { kvRegistrationBytesMax } from "./limits.ts";
import { nowTime } from "../../now.ts";
import type { NamespaceRegistry } from "../base_store.ts";
import { importInProgress, namespaceExists, namespaceNotFound } from "../refusals.ts";
import type { NamespaceSummary } from "../../listings.ts";
import type { NamespaceRecord, NewNamespace } from "../store.ts";
import { type Database, Pack, remove, set } from "./database.ts";
import { isHeld, type Layout, type Lease, type LinksState, type State } from "./head.ts";
import {
  garbageLayerKey,
  lastLayerKey,
  layoutKey,
  leaseKey,
  linksStateKey,
  namespaceKey,
  namespacesKey,
  stateKey,
  statesKey,
} from "./schema.ts";
import { untilDone } from "./wait.ts";

/** What is kept of a registration: all but the id, which its key has. */
type Registration = Omit<NamespaceRecord, "id">;

export class Registry implements NamespaceRegistry {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async create({ id, tokenHash, description, metadata }: NewNamespace): Promise<NamespaceRecord> {
    checkSize(id, description, metadata);
    const registration: Registration = {
      tokenHash,
      description,
      metadata,
      createdAt: nowTime(),
    };
    return await untilDone("create", id, async () => {
      const [existing, lastLayer] = await this.#database.getMany<[Registration, number]>([
        namespaceKey(id),
        lastLayerKey,
      ]);
      if (existing.value !== null) {
        // A remote database's client repeats a commit whose response was lost.
        const { tokenHash, createdAt } = existing.value;
        if (tokenHash === registration.tokenHash && createdAt === registration.createdAt) {
          return { id, ...registration };
        }
        throw namespaceExists(id);
      }
      const layer = (lastLayer.value ?? 0) + 1;
      const state = {
        messages: 0,
        streams: 0,
        globalPosition: 0,
        highWater: 0,
        lastActivity: null,
      };
      const layout: Layout = { namespace: layer, generation: layer, layers: [layer] };
      const versionstamp = await this.#database.commit(
        this.#database.atomic().check(existing, lastLayer)
          .set(namespaceKey(id), registration)
          .set(lastLayerKey, layer)
          .set(layoutKey(id), layout)
          .set(stateKey(id), state satisfies State),
      );
      return versionstamp === null ? undefined : { id, ...registration };
    });
  }

  async find(id: string): Promise<NamespaceRecord | undefined> {
    const { value } = await this.#database.get<Registration>(namespaceKey(id));
    return value === null ? undefined : { id, ...value };
  }

  async replaceToken(id: string, tokenHash: string): Promise<void> {
    await untilDone("replace the token of", id, async () => {
      const entry = await this.#database.get<Registration>(namespaceKey(id));
      if (entry.value === null) throw namespaceNotFound(id);
      const versionstamp = await this.#database.commit(
        this.#database.atomic().check(entry).set(entry.key, { ...entry.value, tokenHash }),
      );
      return versionstamp ?? undefined;
    });
  }

  async list(): Promise<NamespaceSummary[]> {
    const counts = new Map<unknown, number>();
    for await (const page of this.#database.listAll<State>(statesKey)) {
      for (const { key, value } of page) counts.set(key.at(-1), value.messages);
    }
    const summaries: NamespaceSummary[] = [];
    for await (const page of this.#database.listAll<Registration>(namespacesKey)) {
      for (const { key, value: { description, createdAt } } of page) {
        const id = key.at(-1) as string;
        summaries.push({
          namespace: id,
          description,
          createdAt,
          messageCount: counts.get(id) ?? 0,
        });
      }
    }
    return summaries;
  }

  /** Deletes a namespace; what it held is garbage from then on. */
  async delete(id: string, waitMs: number): Promise<number> {
    const start = performance.now();
    let attempted: number | undefined;
    return await untilDone("delete", id, async () => {
      const entries = await this.#database.getMany<
        [Registration, Layout, State, Lease, LinksState]
      >([namespaceKey(id), layoutKey(id), stateKey(id), leaseKey(id), linksStateKey(id)]);
      const [registration, layout, state, lease, links] = entries;
      if (registration.value === null) {
        // The client repeats a commit whose response was lost, and then finds nothing to delete.
        if (attempted !== undefined && this.#database.isRemote) return attempted;
        throw namespaceNotFound(id);
      }
      if (isHeld(lease)) {
        if (performance.now() - start >= waitMs) throw importInProgress("delete", id);
        return undefined;
      }
      const others = [lease.value, links.value].filter((each) => each !== null);
      const layers = [...layout.value?.layers ?? [], ...others.map(({ layer }) => layer)];
      const pack = new Pack(this.#database, entries);
      for (const { key } of entries) pack.add(remove(key));
      for (const layer of layers) pack.add(set(garbageLayerKey(layer), {}));
      attempted = state.value?.messages ?? 0;
      return await pack.commit() === null ? undefined : attempted;
    }, waitMs);
  }
}

function checkSize(id: string, description: string, metadata: string | null): void {
  // Deno KV stores a string that is not Latin-1 with two bytes for each character.
  const bytes = 2 * (description.length + (metadata?.length ?? 0));
  if (bytes <= kvRegistrationBytesMax) return;
  throw new EventoDBError(
    "INVALID_REQUEST",
    `Cannot create the namespace ${
      JSON.stringify(id)
    }: its description and metadata are too large ` +
      `for Deno KV, at most ${kvRegistrationBytesMax / 2} characters are allowed`,
  );
}
