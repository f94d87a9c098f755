/**
 * A file of Deno KV that is damaged: Deno KV itself reads on where a damaged page looks like a sound
 * one, and ends a list early without a word. A whole read is counted, so that this is noticed.
 *
 * @module
 */

import {
  assertCode,
  create,
  importAll,
  newMessage,
  NS,
  readAll,
  records,
} from "../contract/support.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { rpc, startServer } from "../support/server.ts";
import { TemporaryKv } from "./kv/store.ts";

/** A file with 2,500 messages of each of two categories. */
async function writeFile(): Promise<TemporaryKv> {
  const file = new TemporaryKv();
  await using store = await file.open();
  await create(store, NS);
  const a = records(2_500, 10, "a");
  const b = records(2_500, 10, "b").map((message) => ({
    ...message,
    globalPosition: message.globalPosition + 2_500,
    id: crypto.randomUUID(),
  }));
  await importAll(store, [...a, ...b]);
  await store.settled;
  return file;
}

/** Takes entries away, as a damaged page does. */
async function lose(file: TemporaryKv, index: "m" | "c", category?: string): Promise<void> {
  const layers = new Set(
    (await file.keys()).flatMap(([layer, kind]) => kind === index ? [layer!] : []),
  );
  assertEquals(layers.size, 1);
  const prefix = ["eventodb", ...layers, index, ...category === undefined ? [] : [category]];
  using kv = await Deno.openKv(file.path);
  const entries = await Array.fromAsync(kv.list({ prefix }));
  for (const { key } of entries.slice(-100)) await kv.delete(key);
}

Deno.test("readMessages() says that a file that has lost messages is damaged (kv)", async () => {
  await using file = await writeFile();
  await lose(file, "m");
  await using store = await file.open();
  await assertCode(() => readAll(store), "BACKEND_ERROR", "is damaged");
  await assertCode(() => readAll(store, { categories: ["b"] }), "BACKEND_ERROR", "is damaged");
  assertEquals((await readAll(store, { categories: ["a"] })).length, 2_500);
  assertEquals((await readAll(store, { to: 2_000 })).length, 2_000);
});

Deno.test("readMessages() says that a file that has lost part of an index is damaged (kv)", async () => {
  await using file = await writeFile();
  await lose(file, "c", "a");
  await using store = await file.open();
  for (const filter of [{}, { since: "2025-01-01T00:00:00.000000000Z" }]) {
    const query = { categories: ["a"], ...filter };
    await assertCode(() => readAll(store, query), "BACKEND_ERROR", "is damaged");
    await assertCode(() => readAll(store, { ...query, categories: ["a", "b"] }), "BACKEND_ERROR");
  }
  assertEquals((await readAll(store)).length, 5_000);
});

Deno.test("readMessages() takes messages that come meanwhile for no damage (kv)", async () => {
  await using file = await writeFile();
  await using store = await file.open();
  let read = 0;
  for await (
    const page of store.readMessages(NS, { from: 0, limit: Infinity, categories: ["a"] })
  ) {
    if (read === 0) {
      for (let n = 0; n < 20; n++) await store.write(NS, `a-${n}`, newMessage());
    }
    read += page.length;
  }
  assertEquals(read, 2_500);
  assertEquals((await readAll(store, { categories: ["a"] })).length, 2_520);
});

Deno.test("an export of a damaged file does not end as if it were complete (kv)", async () => {
  await using file = await writeFile();
  await lose(file, "m");
  await using store = await file.open();
  await using server = await startServer({ store });
  const { token } = await rpc<{ token: string }>(server, "ns.rotateToken", NS);
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(`${server.url}/export`, { headers });
  await assertRejects(async () => {
    const text = await response.text();
    assert(response.ok, text);
  });
});
