/**
 * What is known of a namespace's streams and categories, without a scan of its messages.
 *
 * @module
 */

import { nameBytesMax } from "../../limits.ts";
import { kvListMax } from "./limits.ts";
import { namespaceNotFound } from "../refusals.ts";
import type {
  CategorySummary,
  NamespaceInfo,
  StreamsQuery,
  StreamSummary,
} from "../../listings.ts";
import type { Database } from "./database.ts";
import { fetchStored, type Location } from "./read/fetch.ts";
import { type Head, readHead } from "./head.ts";
import { countersKey, streamKey, versionsKey } from "./schema.ts";
import { inOneSnapshot } from "./read/snapshot.ts";
import type { Registry } from "./registry.ts";

/** The counters of a namespace. */
export async function namespaceInfo(
  database: Database,
  registry: Registry,
  id: string,
): Promise<Required<NamespaceInfo>> {
  const registration = await registry.find(id);
  if (registration === undefined) throw namespaceNotFound(id);
  const { description, createdAt } = registration;
  const { messages, streams, lastActivity, globalPosition } =
    (await readHead(database, id)).state.value;
  return {
    namespace: id,
    description,
    createdAt,
    messageCount: messages,
    streamCount: streams,
    lastActivity,
    globalPosition,
  };
}

/** Lists streams. */
export async function listStreams(
  database: Database,
  id: string,
  query: StreamsQuery,
): Promise<StreamSummary[]> {
  return await inOneSnapshot(database, id, ({ layout }) => {
    return listStreamsOf(database, layout.value.layers, query);
  });
}

async function listStreamsOf(
  database: Database,
  layers: readonly number[],
  query: StreamsQuery,
): Promise<StreamSummary[] | undefined> {
  const prefix = beginning(query.prefix);
  const cursor = beginning(query.cursor);
  const versions = new Map<string, number>();
  for (const layer of layers) {
    // After the cursor is: from the lowest name above it on.
    const start = byBytes(cursor, prefix) < 0 ? prefix : `${cursor}\0`;
    const entries = await database.list<Deno.KvU64>({
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
  const locations = await locationsOf(database, layers, lasts);
  if (locations === undefined) return undefined;
  const messages = await fetchStored(database, locations);
  const summaries: StreamSummary[] = [];
  for (const [index, message] of messages.entries()) {
    if (message === undefined) return undefined;
    summaries.push({ ...lasts[index]!, lastActivity: message.time });
  }
  return summaries;
}

/** Finds messages by their positions, in whichever layer they are. */
async function locationsOf(
  database: Database,
  layers: readonly number[],
  positions: readonly { stream: string; version: number }[],
): Promise<Location[] | undefined> {
  const entries = await database.getMany<Deno.KvU64>(
    positions.flatMap(({ stream, version }) =>
      layers.map((layer) => [...streamKey(layer, stream), version])
    ),
  );
  const locations: Location[] = [];
  for (let start = 0; start < entries.length; start += layers.length) {
    const found = entries.slice(start, start + layers.length).findIndex(({ value }) =>
      value !== null
    );
    const layer = layers[found];
    const reference = entries[start + found]?.value;
    if (layer === undefined || !reference) return undefined;
    locations.push({ layer, globalPosition: Number(reference.value) });
  }
  return locations;
}

/** Lists categories from their counters. */
export async function listCategories(database: Database, id: string): Promise<CategorySummary[]> {
  return await inOneSnapshot(database, id, async ({ layout }: Head) => {
    const categories = new Map<string, CategorySummary>();
    for (const layer of layout.value.layers) {
      for await (const page of database.listAll<Deno.KvU64>(countersKey(layer))) {
        for (const { key, value } of page) addCounter(categories, key, Number(value.value));
      }
    }
    return [...categories.values()].sort((a, b) => byBytes(a.category, b.category));
  });
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

/** Compares texts as Deno KV does: by the bytes of their UTF-8, which is the order of code points. */
export function byBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    // Surrogates stand for code points above all others.
    const [isHigh, isOtherHigh] = [isSurrogate(x), isSurrogate(y)];
    return isHigh === isOtherHigh ? x - y : isHigh ? 1 : -1;
  }
  return a.length - b.length;
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
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
