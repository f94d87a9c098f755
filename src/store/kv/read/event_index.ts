/**
 * Reads by the entries of streams.
 *
 * @module
 */

import { kvReadFetchMax, kvStreamsAtOnceMax, pageCharsMax } from "../../../limits.ts";
import { formatRecords } from "../../../record/format.ts";
import type { Message } from "../../../message.ts";
import { isWithin } from "../../../slice/window.ts";
import {
  type EventIndex,
  PositionList,
  type PositionsQuery,
  type TimeBounds,
} from "../../event_index.ts";
import { namespaceNotFound, replacedWhileRead } from "../../refusals.ts";
import type { Database } from "../database.ts";
import { completeMessage } from "./fetch.ts";
import { type Head, type Layout, readHead } from "../head.ts";
import { fitsKey, messageKey, streamKey } from "../schema.ts";
import { decodeMessage, type StoredMessage } from "../message_value.ts";
import { inOneMoment } from "./read.ts";

/** Finds events of one Deno KV namespace. */
export class KvEventIndex implements EventIndex {
  readonly #database: Database;
  readonly #id: string;
  readonly #begun: Layout;

  private constructor(database: Database, id: string, { layout }: Head) {
    this.#database = database;
    this.#id = id;
    this.#begun = layout.value;
  }

  /** Opens the index of a namespace. */
  static async open(database: Database, id: string): Promise<KvEventIndex> {
    return new KvEventIndex(database, id, await readHead(database, id));
  }

  async positions({ streams, from, to, max }: PositionsQuery): Promise<
    Float64Array<ArrayBuffer> | undefined
  > {
    const found = new PositionList(max);
    const known = streams.filter(fitsKey);
    for (let start = 0; start < known.length; start += kvStreamsAtOnceMax) {
      const some = known.slice(start, start + kvStreamsAtOnceMax);
      // Layers that are folded meanwhile are looked at again; what comes twice is one.
      await this.#inOneMoment<unknown>((layers) =>
        Promise.all(
          some.flatMap((stream) =>
            layers.map(async (layer) => {
              for await (
                const page of this.#database.listAll<Deno.KvU64>(streamKey(layer, stream))
              ) {
                for (const { value } of page) {
                  const at = Number(value.value);
                  if (at >= from && at <= to) found.add(at);
                }
                if (found.isFull) return;
              }
            })
          ),
        )
      );
      if (found.isFull) return undefined;
    }
    return found.sorted();
  }

  async *linesAt(
    positions: Float64Array,
    window: TimeBounds = {},
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
    const encoder = new TextEncoder();
    for (let start = 0; start < positions.length;) {
      const some = [...positions.subarray(start, start + kvReadFetchMax)];
      const { messages, looked } = await this.#inOneMoment(
        (layers) => this.#messagesAt(layers, some, window),
      );
      start += looked;
      if (messages.length > 0) yield encoder.encode(formatRecords(messages));
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
      chars += message.data.length + (message.metadata?.length ?? 0);
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
      const entries = await this.#database.getMany<Uint8Array>(keys);
      for (const { key, value } of entries) {
        const position = key.at(-1) as number;
        if (value !== null) {
          stored.set(position, { layer, message: decodeMessage(value, position) });
        }
      }
    }
    return stored;
  }

  #inOneMoment<T>(work: (layers: readonly number[]) => Promise<T | undefined>): Promise<T> {
    const { namespace, generation } = this.#begun;
    return inOneMoment(this.#database, this.#id, async ({ layout: { value } }) => {
      if (value.namespace !== namespace) throw namespaceNotFound(this.#id);
      if (value.generation !== generation) throw replacedWhileRead(this.#id);
      return await work(value.layers);
    });
  }
}
