/**
 * Reads of a namespace's messages.
 *
 * @module
 */

import { isMemberOf } from "../../../group_member.ts";
import { kvReadFetchMax } from "../limits.ts";
import { type Message, POSITION_MAX } from "../../../message.ts";
import { categoryOf } from "../../../stream_name.ts";
import { compareTimes } from "../../../time.ts";
import { chooseCategories } from "../../category_choice.ts";
import type { MessageQuery, StreamQuery } from "../../store.ts";
import type { Database } from "../database.ts";
import { readHead } from "../head.ts";
import type { MessageHeader } from "../message_value.ts";
import { counterKey, fitsKey, idKey } from "../schema.ts";
import { categoryRange, Cursor, messagesRange, streamRange } from "./cursor.ts";
import { completeMessage, fetchMessage, fetchStored, type Location } from "./fetch.ts";
import { type Expected, pages } from "./pages.ts";
import { inOneSnapshot, versionsOf } from "./snapshot.ts";

/** Reads messages by global position. */
export async function* readMessages(
  database: Database,
  id: string,
  query: MessageQuery,
): AsyncGenerator<Message[], void> {
  const choice = chooseCategories(query);
  const categories = choice?.names.filter(fitsKey);
  if (categories?.length === 0) {
    // Only to say so when the namespace is not there.
    await readHead(database, id);
    return;
  }
  // Counted before the head is read: what is written in between only makes it more.
  const isWhole = query.from <= 1 && query.limit === Infinity;
  const merged = choice?.areMerged ? categories : undefined;
  const counted = isWhole && merged ? await countMessages(database, id, merged) : undefined;
  const head = await readHead(database, id);
  const { messages, globalPosition } = head.state.value;
  const isToEnd = isWhole && (query.to ?? POSITION_MAX) >= globalPosition;
  const expected = merged ? counted : { layers: head.layout.value.layers, messages };
  const to = Math.min(query.to ?? POSITION_MAX, globalPosition);
  yield* pages(database, id, head, {
    ranges: (layers) =>
      layers.flatMap((layer) =>
        merged !== undefined
          ? merged.map((category) => categoryRange(layer, category))
          : [messagesRange(layer)]
      ),
    headerFilter: headerFilter(query, merged === undefined ? categories : undefined),
  }, {
    from: query.from,
    to,
    limit: query.limit,
    goesOn: query.goesOn,
    expected: isToEnd ? expected : undefined,
  });
}

/** Counts the messages of categories, by the layers' counters. */
async function countMessages(
  database: Database,
  id: string,
  categories: readonly string[],
): Promise<Expected> {
  return await inOneSnapshot(database, id, async ({ layout: { value: { layers } } }) => {
    const counters = await database.getMany<Deno.KvU64>(
      layers.flatMap((layer) =>
        categories.map((category) => counterKey(layer, category, "messages"))
      ),
    );
    const messages = counters.reduce((sum, { value }) => sum + Number(value?.value ?? 0), 0);
    return { layers, messages };
  });
}

/** Reads a stream by position. */
export async function* readStream(
  database: Database,
  id: string,
  stream: string,
  { from, fromGlobal = 0, limit }: StreamQuery,
): AsyncGenerator<Message[], void> {
  const head = await readHead(database, id);
  if (!fitsKey(stream)) return;
  const { globalPosition: highest } = head.state.value;
  yield* pages(database, id, head, {
    ranges: (layers) => layers.map((layer) => streamRange(layer, stream)),
    filter: ({ globalPosition }) => globalPosition >= fromGlobal && globalPosition <= highest,
  }, { from, to: POSITION_MAX, limit });
}

/** Finds a message by its id. */
export async function findMessage(
  database: Database,
  id: string,
  messageId: string,
): Promise<Message | null> {
  return await inOneSnapshot(database, id, async ({ layout: { value: { layers } } }) => {
    const entries = await database.getMany<Deno.KvU64>(
      layers.map((layer) => idKey(layer, messageId)),
    );
    // While a layer is folded into another, a message may be in both.
    const at = entries.findIndex(({ value }) => value !== null);
    if (at < 0) return null;
    const globalPosition = Number(entries[at]!.value!.value);
    return await fetchMessage(database, { layer: layers[at]!, globalPosition });
  });
}

/** Reads a stream's last message, or its last of a type. */
export async function lastMessage(
  database: Database,
  id: string,
  stream: string,
  type?: string,
): Promise<Message | null> {
  return await inOneSnapshot(database, id, async ({ layout: { value: { layers } } }) => {
    if (!fitsKey(stream)) return null;
    const cursor = new Cursor(database, layers.map((layer) => streamRange(layer, stream)), {
      from: 0,
      to: POSITION_MAX,
      wanted: type === undefined ? 1 : kvReadFetchMax,
      reverse: true,
    });
    for (;;) {
      const locations = await take(cursor, type === undefined ? 1 : kvReadFetchMax);
      if (locations.length === 0) return null;
      const stored = await fetchStored(database, locations);
      for (const [index, message] of stored.entries()) {
        if (message === undefined) return undefined;
        if (type === undefined || message.type === type) {
          return await completeMessage(database, locations[index]!.layer, message);
        }
      }
    }
  });
}

/** Position of a stream's last message. */
export async function streamVersion(
  database: Database,
  id: string,
  stream: string,
): Promise<number | null> {
  return await inOneSnapshot(database, id, async ({ layout }) => {
    if (!fitsKey(stream)) return null;
    const [version] = await versionsOf(database, layout.value.layers, [stream]);
    return version ?? null;
  });
}

async function take(cursor: Cursor, count: number): Promise<Location[]> {
  const locations: Location[] = [];
  while (locations.length < count) {
    const entry = await cursor.next();
    if (entry === undefined) break;
    locations.push(entry);
  }
  return locations;
}

function headerFilter(
  { correlation, since, until, consumerGroup }: MessageQuery,
  categories: readonly string[] | undefined,
): ((header: MessageHeader) => boolean) | undefined {
  const tests: ((header: MessageHeader) => boolean)[] = [];
  if (categories !== undefined) {
    const wanted = new Set(categories);
    tests.push(({ stream }) => wanted.has(categoryOf(stream)));
  }
  if (correlation !== undefined) tests.push((header) => header.correlation === correlation);
  if (since !== undefined) tests.push(({ time }) => compareTimes(time, since) >= 0);
  if (until !== undefined) tests.push(({ time }) => compareTimes(time, until) < 0);
  if (consumerGroup !== undefined) tests.push(({ stream }) => isMemberOf(stream, consumerGroup));
  return tests.length === 0 ? undefined : (header) => tests.every((test) => test(header));
}
