/**
 * Reads by the entries of streams.
 *
 * @module
 */

import { pageCharsMax } from "../../../limits.ts";
import { kvReadFetchMax, kvStreamsAtOnceMax } from "../limits.ts";
import { formatRecords } from "../../../record/format.ts";
import { type Message, payloadChars } from "../../../message.ts";
import { isWithin } from "../../../slice/window.ts";
import {
  type EventIndex,
  type LinePages,
  type LinkPages,
  PositionList,
  type PositionsQuery,
  type TimeBounds,
} from "../../event_index.ts";
import type { Database } from "../database.ts";
import { DistinctLinks } from "../../event_links.ts";
import { completeMessage } from "./fetch.ts";
import type { Layout } from "../head.ts";
import type { Namespace } from "../namespace.ts";
import { fitsKey, messageKey, streamKey } from "../schema.ts";
import { decodeMessage, type StoredMessage } from "../message_value.ts";

export class KvEventIndex implements EventIndex {
  readonly #namespace: Namespace;
  readonly #database: Database;
  readonly #begun: Layout;

  /** @param begun Which messages it is of. */
  constructor(namespace: Namespace, begun: Layout) {
    this.#namespace = namespace;
    this.#database = namespace.database;
    this.#begun = begun;
  }

  async positions(query: PositionsQuery): Promise<Float64Array<ArrayBuffer> | undefined> {
    const { streams, from, to, max } = query;
    const found = new PositionList(max);
    await this.#eachEntry(streams, (_, position) => {
      if (position >= from && position <= to) found.add(position);
      return !found.isFull;
    });
    return found.sorted();
  }

  async counts(streams: readonly string[], to: number): Promise<number[]> {
    const counts = new Map<string, number>();
    await this.#eachEntry(streams, (stream, position) => {
      if (position <= to) counts.set(stream, (counts.get(stream) ?? 0) + 1);
      return true;
    }, (stream) => counts.delete(stream));
    return streams.map((stream) => counts.get(stream) ?? 0);
  }

  async *linksAt(positions: Float64Array, window: TimeBounds = {}): LinkPages {
    for await (const messages of this.#pages(positions, window)) {
      const links = new DistinctLinks();
      links.addEvents(messages);
      if (links.links.length > 0) yield links.links;
    }
  }

  async *linesAt(positions: Float64Array, window: TimeBounds = {}): LinePages {
    const encoder = new TextEncoder();
    for await (const messages of this.#pages(positions, window)) {
      yield encoder.encode(formatRecords(messages));
    }
  }

  async *#pages(positions: Float64Array, window: TimeBounds): AsyncGenerator<Message[], void> {
    for (let start = 0; start < positions.length;) {
      const some = [...positions.subarray(start, start + kvReadFetchMax)];
      const { messages, looked } = await this.#namespace.inOneSnapshot(
        (layers) => this.#messagesAt(layers, some, window),
        this.#begun,
      );
      start += looked;
      if (messages.length > 0) yield messages;
    }
  }

  /**
   * Goes through the global positions of streams' events. Where layers are folded meanwhile, some streams are gone
   * through again: `onAgain` is called with each of them before.
   */
  async #eachEntry(
    streams: readonly string[],
    take: (stream: string, position: number) => boolean,
    onAgain: (stream: string) => void = () => {},
  ): Promise<void> {
    const known = streams.filter(fitsKey);
    let isOver = false;
    for (let start = 0; start < known.length && !isOver; start += kvStreamsAtOnceMax) {
      const some = known.slice(start, start + kvStreamsAtOnceMax);
      await this.#namespace.inOneSnapshot(async (layers) => {
        some.forEach(onAgain);
        await Promise.all(some.map(async (stream) => {
          const seen = layers.length > 1 ? new Set<number>() : undefined;
          for (const layer of layers) {
            const prefix = streamKey(layer, stream);
            for await (const page of this.#database.listAll<Deno.KvU64>(prefix)) {
              for (const { key, value } of page) {
                // While a layer is folded into another, a message is in both.
                const at = key.at(-1) as number;
                if (seen?.has(at)) continue;
                seen?.add(at);
                if (!take(stream, Number(value.value))) isOver = true;
              }
              if (isOver) return;
            }
          }
        }));
        return true;
      }, this.#begun);
    }
  }

  /** The messages that are there, up to a page's size. */
  async #messagesAt(
    layers: readonly number[],
    positions: readonly number[],
    window: TimeBounds,
  ): Promise<{ messages: Message[]; looked: number } | undefined> {
    const stored = await this.#storedAt(layers, positions);
    const messages: Message[] = [];
    let chars = 0;
    let looked = 0;
    for (const position of positions) {
      looked++;
      const found = stored.get(position);
      if (found === undefined || !isWithin(found.message.time, window)) continue;
      const message = await completeMessage(this.#database, found.layer, found.message);
      if (message === undefined) return undefined;
      messages.push(message);
      chars += payloadChars(message);
      if (chars >= pageCharsMax) break;
    }
    return { messages, looked };
  }

  async #storedAt(
    layers: readonly number[],
    positions: readonly number[],
  ): Promise<Map<number, { layer: number; message: StoredMessage }>> {
    const stored = new Map<number, { layer: number; message: StoredMessage }>();
    for (const layer of layers) {
      const left = positions.filter((position) => !stored.has(position));
      if (left.length === 0) break;
      const keys = left.map((position) => messageKey(layer, position));
      const entries = await this.#database.getMany<Uint8Array[]>(keys);
      for (const { key, value } of entries) {
        const position = key.at(-1) as number;
        if (value !== null) {
          stored.set(position, { layer, message: decodeMessage(value, position) });
        }
      }
    }
    return stored;
  }
}
