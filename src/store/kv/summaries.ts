/**
 * What is known of a namespace's streams and categories, without a scan of its messages.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { nameBytesMax } from "../../limits.ts";
import { kvListMax } from "./limits.ts";
import type { CategorySummary, StreamsQuery, StreamSummary } from "../../listings.ts";
import type { NamespaceActivity, NamespaceSummaries } from "../base_store.ts";
import type { Database } from "./database.ts";
import { fetchStored, type Location } from "./read/fetch.ts";
import type { Namespace } from "./namespace.ts";
import { countersKey, streamKey, versionsKey } from "./schema.ts";

export class KvSummaries implements NamespaceSummaries {
  readonly #namespace: Namespace;
  readonly #database: Database;

  constructor(namespace: Namespace) {
    this.#namespace = namespace;
    this.#database = namespace.database;
  }

  async activity(): Promise<NamespaceActivity> {
    const { messages, streams, lastActivity, globalPosition } =
      (await this.#namespace.head()).state.value;
    return { messageCount: messages, streamCount: streams, lastActivity, globalPosition };
  }

  listStreams(query: StreamsQuery): Promise<StreamSummary[]> {
    return this.#namespace.inOneSnapshot((layers) => this.#listStreamsOf(layers, query));
  }

  listCategories(): Promise<CategorySummary[]> {
    return this.#namespace.inOneSnapshot(async (layers) => {
      const categories = new Map<string, CategorySummary>();
      for (const layer of layers) {
        for await (const page of this.#database.listAll<Deno.KvU64>(countersKey(layer))) {
          for (const { key, value } of page) addCounter(categories, key, Number(value.value));
        }
      }
      return [...categories.values()].sort((a, b) => byBytes(a.category, b.category));
    });
  }

  async #listStreamsOf(
    layers: readonly number[],
    query: StreamsQuery,
  ): Promise<StreamSummary[] | undefined> {
    const prefix = beginning(query.prefix);
    const cursor = beginning(query.cursor);
    const versions = new Map<string, number>();
    for (const layer of layers) {
      // After the cursor is: from the lowest name above it on.
      const start = byBytes(cursor, prefix) < 0 ? prefix : `${cursor}\0`;
      const entries = await this.#database.list<Deno.KvU64>({
        start: [...versionsKey(layer), start],
        // Numbers come after all texts.
        end: [...versionsKey(layer), 0],
      }, Math.min(query.limit, kvListMax));
      for (const { key, value } of entries) {
        const stream = key.at(-1) as string;
        const version = Number(value.value);
        if (!stream.startsWith(query.prefix)) break;
        versions.set(stream, Math.max(versions.get(stream) ?? 0, version));
      }
    }
    const lasts = [...versions].map(([stream, version]) => ({ stream, version }))
      .sort((a, b) => byBytes(a.stream, b.stream)).slice(0, query.limit);
    const locations = await this.#locationsOf(layers, lasts);
    if (locations === undefined) return undefined;
    const messages = await fetchStored(this.#database, locations);
    const summaries: StreamSummary[] = [];
    for (const [index, message] of messages.entries()) {
      if (message === undefined) return undefined;
      summaries.push({ ...lasts[index]!, lastActivity: message.time });
    }
    return summaries;
  }

  /** Finds messages by their positions, in whichever layer they are. */
  async #locationsOf(
    layers: readonly number[],
    positions: readonly { stream: string; version: number }[],
  ): Promise<Location[] | undefined> {
    const entries = await this.#database.getMany<Deno.KvU64[]>(
      positions.flatMap(({ stream, version }) =>
        layers.map((layer) => [...streamKey(layer, stream), version])
      ),
    );
    const locations: Location[] = [];
    for (let start = 0; start < entries.length; start += layers.length) {
      const found = entries.slice(start, start + layers.length)
        .findIndex(({ value }) => value !== null);
      const layer = layers[found];
      const reference = entries[start + found]?.value;
      if (layer === undefined || !reference) return undefined;
      locations.push({ layer, globalPosition: Number(reference.value) });
    }
    return locations;
  }
}

function addCounter(
  categories: Map<string, CategorySummary>,
  key: Deno.KvKey,
  count: number,
): void {
  const category = key.at(-2) as string;
  const summary = categories.get(category) ?? { category, streamCount: 0, messageCount: 0 };
  if (key.at(-1) === "streams") summary.streamCount += count;
  else summary.messageCount += count;
  categories.set(category, summary);
}

/** Compares texts as Deno KV does: by the bytes of their UTF-8. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** No name is longer, so what comes after that much of a text decides nothing, and fits no key. */
function beginning(text: string): string {
  if (text.length <= nameBytesMax / 3) return text;
  const bytes = new TextEncoder().encode(text);
  if (bytes.byteLength <= nameBytesMax) return text;
  let end = nameBytesMax + 1;
  while ((bytes[end]! & 0xc0) === 0x80) end++;
  return new TextDecoder().decode(bytes.subarray(0, end));
}
