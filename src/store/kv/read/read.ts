/**
 * Reads, a page at a time. Deno KV gives one snapshot only within one look-up, so each page looks at
 * the namespace's layers before and after: when they have changed in between, it is read again.
 *
 * @module
 */

import { isMemberOf } from "../../../group_member.ts";
import { EventoDBError } from "../../../errors.ts";
import { kvReadFetchMax, pageCharsMax, pageMessagesMax, scanMessagesMax } from "../../../limits.ts";
import { type Message, POSITION_MAX } from "../../../message.ts";
import { categoryOf } from "../../../stream_name.ts";
import { compareTimes } from "../../../time.ts";
import { checkSameMessages, namespaceNotFound } from "../../refusals.ts";
import { chooseCategories } from "../../category_choice.ts";
import type { MessageQuery, StreamQuery } from "../../store.ts";
import {
  categoryRange,
  Cursor,
  type IndexEntry,
  messagesRange,
  type Range,
  streamRange,
} from "./cursor.ts";
import type { Database } from "../database.ts";
import { malformed } from "../errors.ts";
import { completeMessage, fetchMessage, fetchStored, type Location } from "./fetch.ts";
import { type Head, isSameLayout, type Layout, readHead } from "../head.ts";
import { counterKey, fitsKey, idKey, layoutKey, versionKey } from "../schema.ts";
import type { MessageHeader, StoredMessage } from "../message_value.ts";
import { Attempts } from "../wait.ts";

/** Which messages a read is after. */
interface Selection {
  /** The index ranges of some layers. */
  ranges(layers: readonly number[]): Range[];
  /** Whether an entry is wanted, by what the index says of it. */
  filter?(entry: IndexEntry): boolean;
  /** Whether a message is wanted. */
  headerFilter?(header: MessageHeader): boolean;
}

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

/** How many messages there have to be at least, in these layers. */
interface Expected {
  layers: readonly number[];
  messages: number;
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

/**
 * Reads a stream's last message, or its last of a type.
 *
 * @param type The type. Absent: any.
 * @returns The message, or `null` when there is none.
 */
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

/**
 * Position of a stream's last message.
 *
 * @returns The position, or `null` when it has none.
 */
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

/**
 * The highest positions of streams.
 *
 * @returns Their versions, in the same order; `null` for a stream without messages.
 */
export async function versionsOf(
  database: Database,
  layers: readonly number[],
  streams: readonly string[],
): Promise<(number | null)[]> {
  const entries = await database.getMany<Deno.KvU64>(
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

/**
 * Does something that takes several look-ups as if of one snapshot: again, when the namespace's layers
 * have changed in between.
 *
 * @param work What to do with the head; `undefined` when something was not there.
 */
export async function inOneSnapshot<T>(
  database: Database,
  id: string,
  work: (head: Head) => Promise<T | undefined>,
): Promise<T> {
  const attempts = new Attempts("read", id);
  for (;;) {
    const head = await readHead(database, id);
    const result = await work(head);
    // Its versionstamp and not its value: counters move from layer to layer under the same layout.
    if ((await readLayout(database, id)).versionstamp === head.layout.versionstamp) {
      if (result === undefined) throw damaged(id);
      return result;
    }
    await attempts.next();
  }
}

async function* pages(
  database: Database,
  id: string,
  head: Head,
  selection: Selection,
  { from, to, limit, goesOn, expected }: {
    from: number;
    to: number;
    limit: number;
    goesOn?: MessageQuery["goesOn"];
    /** Given where all of them are looked at. */
    expected?: Expected;
  },
): AsyncGenerator<Message[], void> {
  let layout = head.layout.value;
  let next = Math.max(Math.ceil(from), 0);
  let left = limit;
  const attempts = new Attempts("read", id);
  let looked = 0;
  let isCounted = expected !== undefined && expected.layers.join() === layout.layers.join();
  while (next <= to && left > 0) {
    const page = await readPage(database, layout, selection, next, to, left).catch((error) => {
      // Such as text that is no UTF-8.
      throw error instanceof TypeError ? malformed(database.name, error) : error;
    });
    const { value: now } = await readLayout(database, id);
    checkSameMessages(id, head.layout.value, now);
    if (!isSameLayout(now, layout)) {
      // A layer has come or gone: what was read may lack its messages.
      layout = now;
      isCounted = false;
      await attempts.next();
      continue;
    }
    if (page === undefined) throw damaged(id);
    attempts.reset();
    next = page.next;
    left -= page.messages.length;
    looked += page.looked;
    if (page.messages.length > 0) yield page.messages;
    if (next <= to && goesOn?.(next) === false) return;
  }
  // In a file that is damaged, a list may end early without a word.
  if (isCounted && expected !== undefined && looked < expected.messages) {
    throw malformed(database.name);
  }
}

/** A page, and the lowest position after it. */
interface Page {
  messages: Message[];
  /** How many entries were looked at below `next`. */
  looked: number;
  next: number;
}

/** Reads a page; `undefined` when a message is missing, since its layer is gone. */
async function readPage(
  database: Database,
  { layers }: Layout,
  selection: Selection,
  from: number,
  to: number,
  limit: number,
): Promise<Page | undefined> {
  const { ranges, filter, headerFilter } = selection;
  const wanted = Math.min(limit, pageMessagesMax);
  const isFiltered = filter !== undefined || headerFilter !== undefined;
  const cursor = new Cursor(database, ranges(layers), {
    from,
    to,
    wanted: isFiltered ? pageMessagesMax : wanted,
  });
  const messages: Message[] = [];
  let chars = 0;
  let looked = 0;
  let next = from;
  while (messages.length < wanted && chars < pageCharsMax && looked < scanMessagesMax) {
    const entries: IndexEntry[] = [];
    const some = Math.min(wanted - messages.length, kvReadFetchMax);
    const positions: number[] = [];
    let isEnd = false;
    let after = next;
    while (entries.length < some && looked < scanMessagesMax) {
      const entry = await cursor.next();
      if (entry === undefined) {
        isEnd = true;
        break;
      }
      looked++;
      positions.push(entry.at);
      after = entry.at + 1;
      const header = entry.stored ?? entry.header;
      if (filter?.(entry) === false) continue;
      if (header !== undefined && headerFilter?.(header) === false) continue;
      entries.push(entry);
    }
    const stored = await storedOf(database, entries);
    for (const [index, message] of stored.entries()) {
      const { layer, at } = entries[index]!;
      const complete = message && await completeMessage(database, layer, message);
      if (complete === undefined) return undefined;
      messages.push(complete);
      chars += complete.data.length + (complete.metadata?.length ?? 0);
      next = at + 1;
      if (chars >= pageCharsMax) {
        const unread = positions.filter((position) => position >= next).length;
        return { messages, looked: looked - unread, next };
      }
    }
    next = isEnd ? to + 1 : after;
    if (isEnd) break;
  }
  return { messages, looked, next };
}

async function storedOf(
  database: Database,
  entries: readonly IndexEntry[],
): Promise<(StoredMessage | undefined)[]> {
  const stored = entries.map((entry) => entry.stored);
  return stored.every((message) => message !== undefined)
    ? stored
    : await fetchStored(database, entries);
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

async function readLayout(database: Database, id: string): Promise<Deno.KvEntry<Layout>> {
  const entry = await database.get<Layout>(layoutKey(id));
  if (entry.versionstamp === null) throw namespaceNotFound(id);
  return entry;
}

function damaged(id: string): EventoDBError {
  return new EventoDBError(
    "BACKEND_ERROR",
    `The namespace ${JSON.stringify(id)} is damaged: a message that an index names is not there. ` +
      "Restore the database from a backup",
  );
}
