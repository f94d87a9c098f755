/**
 * The index of links, in a layer of its own. Each operation is checked against how far the index has got: of servers
 * that take messages in at the same time one succeeds, and the others continue from there.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { linkIndexTransactionMax } from "../limits.ts";
import { kvKeyBytesMax, kvStreamsAtOnceMax } from "./limits.ts";
import { POSITION_MAX } from "../../message.ts";
import type { StreamLink } from "../../slice/links/link_source.ts";
import { DistinctLinks } from "../event_links.ts";
import type { LinkPages } from "../event_index.ts";
import {
  LinksCleared,
  type LinkSnapshot,
  type LinkTable,
  type LinkTableState,
  noLinks,
} from "../link_table.ts";
import { checkSameMessages } from "../refusals.ts";
import { type Database, Pack, raise, set } from "./database.ts";
import type { Layout, LinksState } from "./head.ts";
import type { Namespace } from "./namespace.ts";
import { KvReads } from "./read/read.ts";
import { garbageLayerKey, keyBytes, lastLayerKey, linksKey, linksStateKey } from "./schema.ts";
import { untilDone } from "./wait.ts";

/** A link whose names are too long for a key. */
interface LongLink {
  stream: string;
  first: number;
}

export class KvLinkTable implements LinkTable {
  readonly #namespace: Namespace;
  readonly #database: Database;
  readonly #stateKey: Deno.KvKey;
  readonly begun: Layout;

  constructor(namespace: Namespace, begun: Layout) {
    this.#namespace = namespace;
    this.#database = namespace.database;
    this.#stateKey = linksStateKey(namespace.id);
    this.begun = begun;
  }

  async snapshot(): Promise<LinkSnapshot> {
    const { layout, state } = await this.#namespace.head();
    checkSameMessages(this.#namespace.id, this.begun, layout.value);
    const { globalPosition, messages } = state.value;
    return { highest: globalPosition, messages };
  }

  async state(): Promise<LinkTableState> {
    const { value } = await this.#database.get<LinksState>(this.#stateKey);
    return stateOf(value?.generation === this.begun.generation ? value : null);
  }

  async advance(to: number): Promise<LinkTableState> {
    const entry = await this.#current();
    const { layer, upTo, messages } = entry.value;
    if (upTo >= to) return stateOf(entry.value);
    const query = { from: upTo + 1, to, limit: linkIndexTransactionMax };
    const found = new DistinctLinks();
    let count = 0;
    let last = upTo;
    for await (const page of new KvReads(this.#namespace).readMessages(query)) {
      found.addEvents(page);
      count += page.length;
      last = page.at(-1)!.globalPosition;
    }
    await this.#namespace.layout(this.begun);
    let pack = new Pack(this.#database, [entry]);
    for (const link of found.links) {
      const mutation = await this.#mutationFor(layer, link);
      if (mutation === undefined || pack.tryAdd(mutation)) continue;
      if (await pack.commit({ waits: true, isRepeatable: true }) === null) {
        return await this.state();
      }
      pack = new Pack(this.#database, [entry]).add(mutation);
    }
    // Where fewer came than may, there is nothing more up to there.
    const next: LinksState = {
      ...entry.value,
      upTo: count < linkIndexTransactionMax ? to : last,
      messages: messages + count,
    };
    if (!pack.tryAdd(set(entry.key, next))) {
      if (await pack.commit({ waits: true, isRepeatable: true }) === null) {
        return await this.state();
      }
      pack = new Pack(this.#database, [entry]).add(set(entry.key, next));
    }
    return await pack.commit() === null ? await this.state() : stateOf(next);
  }

  async clear(): Promise<void> {
    await this.#begin(await this.#database.get<LinksState>(this.#stateKey));
  }

  async *linksTo(targets: readonly string[], to: number, epoch: number): LinkPages {
    for (let start = 0; start < targets.length; start += kvStreamsAtOnceMax) {
      let walks = targets.slice(start, start + kvStreamsAtOnceMax)
        .map((target) => this.#walk(epoch, target, to));
      while (walks.length > 0) {
        const pages = await Promise.all(walks.map((walk) => walk.next()));
        // A layer that is no longer read may have lost a part.
        const { value } = await this.#database.get<LinksState>(this.#stateKey);
        await this.#namespace.layout(this.begun);
        if (value?.layer !== epoch) throw new LinksCleared();
        for (const { value } of pages) if (value !== undefined && value.length > 0) yield value;
        walks = walks.filter((_, i) => !pages[i]!.done);
      }
    }
  }

  async *#walk(layer: number, target: string, to: number): AsyncGenerator<StreamLink[], void> {
    const prefix = linksKey(layer, target);
    for await (const page of this.#database.listAll<Deno.KvU64 | LongLink>(prefix)) {
      const links: StreamLink[] = [];
      for (const { key, value } of page) {
        const link = key.at(-2) as number;
        const { stream, first } = value instanceof Deno.KvU64
          ? { stream: key.at(-1) as string, first: POSITION_MAX - Number(value.value) }
          : value;
        if (first <= to) links.push({ stream, target, link });
      }
      yield links;
    }
  }

  /** A counter can be raised without a look at it, and not be lowered: it counts from the highest position down. */
  async #mutationFor(
    layer: number,
    { target, link, stream, first }: StreamLink & { first: number },
  ): Promise<Deno.KvMutation | undefined> {
    const key = [...linksKey(layer, target), link, stream];
    if (keyBytes(key) <= kvKeyBytesMax) return raise(key, POSITION_MAX - first);
    const digest = createHash("sha256").update(stream).digest();
    const short = [...linksKey(layer, target), link, new Uint8Array(digest)];
    const { value } = await this.#database.get<LongLink>(short);
    return value === null ? set(short, { stream, first }) : undefined;
  }

  /** How far the index has got; it is begun where there is none of these messages. */
  #current(): Promise<Deno.KvEntry<LinksState>> {
    return untilDone("follow links in", this.#namespace.id, async () => {
      const entry = await this.#database.get<LinksState>(this.#stateKey);
      await this.#namespace.layout(this.begun);
      const isThere = entry.versionstamp !== null;
      if (isThere && entry.value.generation === this.begun.generation) return entry;
      await this.#begin(entry);
      return undefined;
    });
  }

  /** Begins an index in a new layer; the old one is garbage. Others may be faster. */
  async #begin(entry: Deno.KvEntryMaybe<LinksState>): Promise<void> {
    const layout = await this.#namespace.layout(this.begun);
    const lastLayer = await this.#database.get<number>(lastLayerKey);
    const layer = (lastLayer.value ?? 0) + 1;
    const { generation } = this.begun;
    const begun: LinksState = { layer, generation, upTo: 0, messages: 0 };
    const pack = new Pack(this.#database, [entry, layout, lastLayer])
      .add(set(lastLayerKey, layer), set(entry.key, begun));
    if (entry.value !== null) pack.add(set(garbageLayerKey(entry.value.layer), {}));
    await pack.commit();
  }
}

function stateOf(state: LinksState | null): LinkTableState {
  if (state === null) return noLinks;
  const { upTo, messages, layer } = state;
  return { upTo, messages, epoch: layer };
}
