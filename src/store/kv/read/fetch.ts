/**
 * Fetches messages that an index has pointed to.
 *
 * @module
 */

import { kvListMax, kvSpareFetchesMax } from "../limits.ts";
import type { Message } from "../../../message.ts";
import { type Database, nextKey } from "../database.ts";
import { chunksKey, messageKey, versionKey } from "../schema.ts";
import {
  type Chunks,
  decodeMessage,
  joinPayload,
  type Payload,
  type StoredMessage,
} from "../message_value.ts";

export interface Location {
  layer: number;
  globalPosition: number;
}

/**
 * Looks up keys that are likely to be most of what lies between them: in one list, as long as it holds
 * little else. One list costs a remote database what a look-up of ten keys costs.
 *
 * @param parts Their last parts: all numbers, or all text of ASCII, whose order is that of the keys.
 * @returns What is there, by the last part.
 */
export async function fetchNear<P extends string | number, T>(
  database: Database,
  prefix: Deno.KvKey,
  parts: readonly P[],
): Promise<Map<P, T>> {
  const found = new Map<P, T>();
  const sorted = parts.toSorted((a, b) => a < b ? -1 : a > b ? 1 : 0);
  const [first, last] = [sorted.at(0), sorted.at(-1)];
  if (first === undefined || last === undefined) return found;
  const limit = Math.min(kvSpareFetchesMax * parts.length, kvListMax);
  const start = [...prefix, first];
  const near = await database.list<T>({ start, end: nextKey([...prefix, last]) }, limit);
  for (const { key, value } of near) found.set(key.at(-1) as P, value);
  const end = near.at(-1)?.key.at(-1) as P | undefined;
  if (end === undefined || near.length < limit) return found;
  // There is too much else in between: the rest one by one.
  const rest = sorted.filter((part) => part > end);
  for (const { key, value } of await database.getMany<T[]>(rest.map((part) => [...prefix, part]))) {
    if (value !== null) found.set(key.at(-1) as P, value);
  }
  return found;
}

/** Reads messages in the order of their locations; `undefined` for one that is not there. */
export async function fetchStored(
  database: Database,
  locations: readonly Location[],
): Promise<(StoredMessage | undefined)[]> {
  const range = denseRange(locations);
  if (range !== undefined) {
    const { layer, lowest, highest } = range;
    const messages = new Map<number, StoredMessage>();
    const entries = await database.list<Uint8Array>({
      start: messageKey(layer, lowest),
      end: messageKey(layer, highest + 1),
    });
    for (const { key, value } of entries) {
      const globalPosition = key.at(-1) as number;
      messages.set(globalPosition, decodeMessage(value, globalPosition));
    }
    return locations.map(({ globalPosition }) => messages.get(globalPosition));
  }
  const entries = await database.getMany<Uint8Array[]>(
    locations.map(({ layer, globalPosition }) => messageKey(layer, globalPosition)),
  );
  return entries.map(({ key, value }) =>
    value === null ? undefined : decodeMessage(value, key.at(-1) as number)
  );
}

/** The range that the messages fill, when there is little else in it. */
function denseRange(
  locations: readonly Location[],
): { layer: number; lowest: number; highest: number } | undefined {
  const [first] = locations;
  if (first === undefined || locations.length < 2) return undefined;
  if (locations.some(({ layer }) => layer !== first.layer)) return undefined;
  let lowest = Infinity;
  let highest = 0;
  for (const { globalPosition } of locations) {
    lowest = Math.min(lowest, globalPosition);
    highest = Math.max(highest, globalPosition);
  }
  // The bound is one above the highest: there is no exact number above the last of all.
  if (highest >= Number.MAX_SAFE_INTEGER) return undefined;
  return highest - lowest < kvSpareFetchesMax * locations.length
    ? { layer: first.layer, lowest, highest }
    : undefined;
}

/** Reads the payload of a message, wherever it lies. */
async function fetchPayload(
  database: Database,
  layer: number,
  payload: Payload | Chunks,
): Promise<Payload | undefined> {
  if ("data" in payload) return payload;
  const entries = await database.list<Uint8Array>({
    prefix: chunksKey(layer, payload.chunks),
  });
  if (entries.length !== payload.count) return undefined;
  return joinPayload(entries.map(({ value }) => value));
}

export async function fetchMessage(
  database: Database,
  location: Location,
): Promise<Message | undefined> {
  const [stored] = await fetchStored(database, [location]);
  return stored && await completeMessage(database, location.layer, stored);
}

export async function completeMessage(
  database: Database,
  layer: number,
  stored: StoredMessage,
): Promise<Message | undefined> {
  const payload = await fetchPayload(database, layer, stored.payload);
  if (payload === undefined) return undefined;
  const { id, stream, type, position, globalPosition, time } = stored;
  return {
    id,
    stream,
    type,
    position,
    globalPosition,
    data: payload.data,
    metadata: payload.metadata,
    time,
  };
}

/** The highest positions of streams, in their order; `null` for a stream without messages. */
export async function versionsOf(
  database: Database,
  layers: readonly number[],
  streams: readonly string[],
): Promise<(number | null)[]> {
  const entries = await database.getMany<Deno.KvU64[]>(
    streams.flatMap((stream) => layers.map((layer) => versionKey(layer, stream))),
  );
  return streams.map((_, index) =>
    entries.slice(index * layers.length, (index + 1) * layers.length).reduce<number | null>(
      (highest, { value }) =>
        value === null ? highest : Math.max(highest ?? 0, Number(value.value)),
      null,
    )
  );
}
