/**
 * Folds the layers of a namespace into its first: each import into a namespace with messages has
 * added a layer, and every read has to look at all of them.
 *
 * The last layer's messages are copied while both are read, which does no harm, as a reader takes
 * what comes twice for one. Then one atomic operation takes the layer away. Whatever ends it early
 * leaves the namespace as it was, and copying again changes nothing.
 *
 * @module
 */

import { kvMergeCountersMax, kvMergeMessagesMax } from "../limits.ts";
import { type Database, Pack, remove, set, sum } from "../database.ts";
import { type Head, isHeld, type Layout } from "../head.ts";
import type { Namespace } from "../namespace.ts";
import { chunksKey, counterKey, countersKey, garbageLayerKey, messagesKey } from "../schema.ts";
import { LayerWriter, Superseded } from "./layer_writer.ts";
import { decodeMessage } from "../message_value.ts";

/** Resolves to whether another try is worth it: there are more layers, and there was no conflict. */
export async function foldLayers(
  namespace: Namespace,
  signal?: AbortSignal,
): Promise<boolean> {
  const { database } = namespace;
  const head = await namespace.head();
  const { layers } = head.layout.value;
  const [target] = layers;
  const source = layers.at(-1)!;
  if (source === target || isHeld(head.lease)) return false;
  try {
    await copyMessages(
      database,
      source,
      new LayerWriter(database, target, [head.layout], true),
      signal,
    );
    await dropLayer(database, head, source);
    return layers.length > 2;
  } catch (error) {
    if (error instanceof Superseded) return false;
    throw error;
  }
}

async function copyMessages(
  database: Database,
  source: number,
  writer: LayerWriter,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    const pages = database.listAll<Uint8Array<ArrayBuffer>>(
      messagesKey(source),
      kvMergeMessagesMax,
    );
    for await (const page of pages) {
      signal?.throwIfAborted();
      for (const { key, value } of page) {
        const message = decodeMessage(value, key.at(-1) as number);
        if ("chunks" in message.payload) {
          const { chunks } = message.payload;
          const entries = await database.list<Uint8Array>({ prefix: chunksKey(source, chunks) });
          await writer.putChunks(chunks, entries.map(({ value }) => value));
          // Operations overtake each other, and a message must never be seen before its chunks.
          await writer.settle();
        }
        await writer.put({ ...message, value });
      }
    }
    await writer.flush();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

/** Takes a layer away whose messages are in the first one too. */
async function dropLayer(database: Database, head: Head, source: number): Promise<void> {
  const { layers } = head.layout.value;
  const [target, ...others] = layers;
  let check: Deno.AtomicCheck = head.layout;
  for (;;) {
    // A category's counters move from layer to layer in one operation, so that their sum is never wrong.
    const counters = await database.list<Deno.KvU64>(
      { prefix: countersKey(source) },
      kvMergeCountersMax,
    );
    const pack = new Pack(database, [check]);
    const moved = counters.filter(({ key, value }) => {
      const category = key.at(-2) as string;
      const what = key.at(-1) as "messages" | "streams";
      return pack.tryAdd(sum(counterKey(target, category, what), Number(value.value)), remove(key));
    });
    const isLast = moved.length === counters.length && counters.length < kvMergeCountersMax;
    const layout: Layout = {
      ...head.layout.value,
      layers: isLast ? [target, ...others.filter((layer) => layer !== source)] : layers,
    };
    pack.add(set(head.layout.key, layout));
    if (isLast) pack.add(set(garbageLayerKey(source), {}));
    const versionstamp = await pack.commit();
    if (versionstamp === null) throw new Superseded();
    if (isLast) return;
    check = { key: head.layout.key, versionstamp };
  }
}
