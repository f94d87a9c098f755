/**
 * The messages of a Deno KV file by themselves: listed in order, a thousand at a time, and no more.
 *
 * @module
 */

import { kvListMax } from "../../src/store/kv/limits.ts";
import type { Layout } from "../../src/store/kv/head.ts";
import { layoutKey, messagesKey } from "../../src/store/kv/schema.ts";
import { readInput } from "../processes.ts";

const { file } = await readInput<{ file: string }>();
using kv = await Deno.openKv(file);
const { value: layout } = await kv.get<Layout>(layoutKey("default"));
const start = performance.now();
let events = 0;
for (const layer of layout?.layers ?? []) {
  const list = kv.list<Uint8Array>({ prefix: messagesKey(layer) }, { batchSize: kvListMax });
  for await (const { value } of list) events += Math.sign(value.byteLength);
}
console.log(JSON.stringify({ events, ms: performance.now() - start }));
