/**
 * Reads of a namespace's messages.
 *
 * @module
 */

import { isMemberOf } from "../../../group_member.ts";
import { kvReadFetchMax } from "../limits.ts";
import { type Message, POSITION_MAX } from "../../../message.ts";
import { formatRecords } from "../../../record/format.ts";
import { isWithin } from "../../../slice/window.ts";
import { categoryOf } from "../../../stream_name.ts";
import type { NamespaceReads } from "../../base_store.ts";
import { chooseCategories } from "../../category_choice.ts";
import type { LinePages } from "../../event_index.ts";
import type { MessageQuery, StreamQuery } from "../../store.ts";
import type { Database } from "../database.ts";
import type { Namespace } from "../namespace.ts";
import type { MessageHeader } from "../message_value.ts";
import { counterKey, fitsKey, idKey } from "../schema.ts";
import { categoryRange, Cursor, messagesRange, streamRange } from "./cursor.ts";
import { completeMessage, fetchMessage, fetchStored, type Location, versionsOf } from "./fetch.ts";
import { type Expected, pages } from "./pages.ts";

export class KvReads implements NamespaceReads {
  readonly #namespace: Namespace;
  readonly #database: Database;

  constructor(namespace: Namespace) {
    this.#namespace = namespace;
    this.#database = namespace.database;
  }

  async *readMessages(query: MessageQuery): AsyncGenerator<Message[], void> {
    const choice = chooseCategories(query);
    const categories = choice?.names.filter(fitsKey);
    if (categories?.length === 0) {
      // Only to say so when the namespace is not there.
      await this.#namespace.head();
      return;
    }
    // Counted before the head is read: what is written in between only makes it more.
    const isWhole = query.from <= 1 && query.limit === Infinity;
    const merged = choice?.areMerged ? categories : undefined;
    const counted = isWhole && merged ? await this.#countMessages(merged) : undefined;
    const head = await this.#namespace.head();
    const { messages, globalPosition } = head.state.value;
    const isToEnd = isWhole && (query.to ?? POSITION_MAX) >= globalPosition;
    const expected = merged ? counted : { layers: head.layout.value.layers, messages };
    yield* pages(this.#namespace, head, {
      ranges: (layers) =>
        layers.flatMap((layer) =>
          merged?.map((category) => categoryRange(layer, category)) ?? [messagesRange(layer)]
        ),
      headerFilter: headerFilter(query, merged === undefined ? categories : undefined),
    }, {
      from: query.from,
      to: Math.min(query.to ?? POSITION_MAX, globalPosition),
      limit: query.limit,
      goesOn: query.goesOn,
      expected: isToEnd ? expected : undefined,
    });
  }

  async *readLines(query: MessageQuery): LinePages {
    const encoder = new TextEncoder();
    for await (const page of this.readMessages(query)) yield encoder.encode(formatRecords(page));
  }

  async *readStream(
    stream: string,
    { from, fromGlobal = 0, limit }: StreamQuery,
  ): AsyncGenerator<Message[], void> {
    const head = await this.#namespace.head();
    if (!fitsKey(stream)) return;
    const { globalPosition: highest } = head.state.value;
    yield* pages(this.#namespace, head, {
      ranges: (layers) => layers.map((layer) => streamRange(layer, stream)),
      filter: ({ globalPosition }) => globalPosition >= fromGlobal && globalPosition <= highest,
    }, { from, to: POSITION_MAX, limit });
  }

  findMessage(messageId: string): Promise<Message | null> {
    return this.#namespace.inOneSnapshot(async (layers) => {
      const entries = await this.#database.getMany<Deno.KvU64[]>(
        layers.map((layer) => idKey(layer, messageId)),
      );
      // While a layer is folded into another, a message may be in both.
      const at = entries.findIndex(({ value }) => value !== null);
      if (at < 0) return null;
      const globalPosition = Number(entries[at]!.value!.value);
      return await fetchMessage(this.#database, { layer: layers[at]!, globalPosition });
    });
  }

  lastMessage(stream: string, type?: string): Promise<Message | null> {
    return this.#namespace.inOneSnapshot(async (layers) => {
      if (!fitsKey(stream)) return null;
      const wanted = type === undefined ? 1 : kvReadFetchMax;
      const ranges = layers.map((layer) => streamRange(layer, stream));
      const walk = { from: 0, to: POSITION_MAX, wanted, reverse: true };
      const cursor = new Cursor(this.#database, ranges, walk);
      for (;;) {
        const locations = await take(cursor, wanted);
        if (locations.length === 0) return null;
        const stored = await fetchStored(this.#database, locations);
        for (const [index, message] of stored.entries()) {
          if (message === undefined) return undefined;
          if (type === undefined || message.type === type) {
            return await completeMessage(this.#database, locations[index]!.layer, message);
          }
        }
      }
    });
  }

  streamVersion(stream: string): Promise<number | null> {
    return this.#namespace.inOneSnapshot(async (layers) => {
      if (!fitsKey(stream)) return null;
      const [version] = await versionsOf(this.#database, layers, [stream]);
      return version ?? null;
    });
  }

  /** Counts the messages of categories, by the layers' counters. */
  #countMessages(categories: readonly string[]): Promise<Expected> {
    return this.#namespace.inOneSnapshot(async (layers) => {
      const counters = await this.#database.getMany<Deno.KvU64[]>(
        layers.flatMap((layer) =>
          categories.map((category) => counterKey(layer, category, "messages"))
        ),
      );
      const messages = counters.reduce((sum, { value }) => sum + Number(value?.value ?? 0), 0);
      return { layers, messages };
    });
  }
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
  if (since !== undefined || until !== undefined) {
    tests.push(({ time }) => isWithin(time, { since, until }));
  }
  if (consumerGroup !== undefined) tests.push(({ stream }) => isMemberOf(stream, consumerGroup));
  return tests.length === 0 ? undefined : (header) => tests.every((test) => test(header));
}
