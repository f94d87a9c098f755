/**
 * The keys, as docs/kv.md lists them, and how many bytes they take.
 *
 * @module
 */

import { kvKeyBytesMax } from "./limits.ts";
import { utf8Bytes } from "../../names.ts";

/** The first part of every key, so that other programs can keep theirs in the same database. */
const root = "eventodb";

/** The key of what a layer has under a name. */
type NamedKey = (layer: number, name: string) => Deno.KvKey;

/** The version of this layout. */
export const schemaKey: Deno.KvKey = [root, "schema"];
/** The last number given to a layer. */
export const lastLayerKey: Deno.KvKey = [root, "layers"];
/** All registrations, layouts, states and leases. */
export const namespacesKey: Deno.KvKey = [root, "namespace"];
export const layoutsKey: Deno.KvKey = [root, "layout"];
export const statesKey: Deno.KvKey = [root, "state"];
export const leasesKey: Deno.KvKey = [root, "lease"];
/** All layers that are not read. */
export const garbageKey: Deno.KvKey = [root, "garbage"];
/** All messages whose chunks are being written. */
export const pendingKey: Deno.KvKey = [root, "pending"];

/** What a namespace is registered with. */
export const namespaceKey = (id: string): Deno.KvKey => [root, "namespace", id];
/** Which layers a namespace has. */
export const layoutKey = (id: string): Deno.KvKey => [root, "layout", id];
/** What a namespace holds, in numbers. */
export const stateKey = (id: string): Deno.KvKey => [root, "state", id];
/** Who imports into a namespace. */
export const leaseKey = (id: string): Deno.KvKey => [root, "lease", id];
/** That a layer is not read: it is being filled, or it is to be deleted. */
export const garbageLayerKey = (layer: number): Deno.KvKey => [root, "garbage", layer];
/** That the chunks of a message are there, and the message not yet. */
export const pendingChunksKey = (chunks: string): Deno.KvKey => [root, "pending", chunks];

/** How far a namespace's index of links has got, and which layer it is in. */
export const linksStateKey = (id: string): Deno.KvKey => [root, "links", id];
/** All links to a stream, by which link it is and by the stream that has it. */
export const linksKey: NamedKey = (layer, target) => [root, layer, "l", target];

/** All that a layer holds. */
export const layerKey = (layer: number): Deno.KvKey => [root, layer];
/** All messages of a layer, by global position. */
export const messagesKey = (layer: number): Deno.KvKey => [root, layer, "m"];
/** A message, by its global position. */
export const messageKey = (layer: number, at: number): Deno.KvKey => [root, layer, "m", at];
/** All messages of a category, by global position. */
export const categoryKey: NamedKey = (layer, category) => [root, layer, "c", category];
/** All messages of a stream, by position. */
export const streamKey: NamedKey = (layer, stream) => [root, layer, "s", stream];
/** All ids of a layer. */
export const idsKey = (layer: number): Deno.KvKey => [root, layer, "i"];
/** Which message has an id. */
export const idKey: NamedKey = (layer, id) => [root, layer, "i", id];
/** All versions, by stream. */
export const versionsKey = (layer: number): Deno.KvKey => [root, layer, "v"];
/** A stream's highest position. */
export const versionKey: NamedKey = (layer, stream) => [root, layer, "v", stream];
/** All counters, by category. */
export const countersKey = (layer: number): Deno.KvKey => [root, layer, "n"];
/** How many messages, or streams, of a category a layer has brought. */
export const counterKey = (
  layer: number,
  category: string,
  what: "messages" | "streams",
): Deno.KvKey => [root, layer, "n", category, what];
/** All chunks of one message, in their order. */
export const chunksKey: NamedKey = (layer, chunks) => [root, layer, "p", chunks];

/** How many bytes a key takes: text, without U+0000, as UTF-8 with two bytes around it, a number nine. */
export function keyBytes(key: Deno.KvKey): number {
  let bytes = 0;
  for (const part of key) bytes += typeof part === "string" ? utf8Bytes(part) + 2 : 9;
  return bytes;
}

/** Whether a stream's keys fit. */
export function fitsKey(stream: string): boolean {
  return stream.length <= kvKeyBytesMax && !stream.includes("\0") &&
    keyBytes([...streamKey(0, stream), 0]) <= kvKeyBytesMax;
}
