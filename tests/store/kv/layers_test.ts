/**
 * Layers of a Deno KV namespace: how they come together, and what goes on meanwhile.
 *
 * @module
 */

import { kvLayersMax } from "../../../src/store/kv/limits.ts";
import type { ImportRecord } from "../../../src/record/import_record.ts";
import { Database } from "../../../src/store/kv/database.ts";
import { foldLayers } from "../../../src/store/kv/layers/merge_layers.ts";
import { Namespace } from "../../../src/store/kv/namespace.ts";
import { Maintenance } from "../../../src/store/kv/layers/maintenance.ts";
import { KvStore } from "../../../src/store/kv/store.ts";
import { BloomFilter } from "../../../src/store/kv/import/bloom_filter.ts";
import { packRecords } from "../../../src/record/packed_records.ts";
import { assert, assertEquals, assertFalse } from "../../support/assert.ts";
import {
  assertCode,
  create,
  importAll,
  messageOf,
  newMessage,
  NS,
  readAll,
  readStreamAll,
  record,
  records,
  uuid,
} from "../../contract/support.ts";
import { TemporaryKv } from "./store.ts";

/** A store whose background work is done only where a test says so. */
interface Bench extends AsyncDisposable {
  kv: Deno.Kv;
  database: Database;
  maintenance: Maintenance;
  store: KvStore;
}

async function openBench(): Promise<Bench> {
  const kv = await Deno.openKv(":memory:");
  const database = new Database(kv, { name: "memory" });
  const maintenance = new Maintenance(database);
  const idle = { wake: () => {}, [Symbol.asyncDispose]: () => Promise.resolve() };
  const store = new KvStore({
    database,
    maintenance: Object.assign(Object.create(Maintenance.prototype), idle),
    importWaitMs: 5_000,
  });
  await create(store, NS);
  return {
    kv,
    database,
    maintenance,
    store,
    [Symbol.asyncDispose]: async () => {
      await maintenance[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}

/** Records of streams that are in every layer, with a stream of their own each. */
function layer(n: number, count = 50): ImportRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const globalPosition = 1 + index * 10 + n;
    const stream = index % 5 === 0 ? `own${n}-1` : `shared-${index % 5}`;
    return record({ globalPosition, stream, position: globalPosition, line: index + 1 });
  });
}

async function everything(store: KvStore) {
  return {
    info: await store.namespaceInfo(NS),
    messages: await readAll(store),
    shared: await readStreamAll(store, "shared-1"),
    merged: await readAll(store, { categories: ["shared", "own2"], from: 40 }),
    streams: await store.listStreams(NS, { prefix: "", cursor: "", limit: 1_000 }),
    categories: await store.listCategories(NS),
    last: await store.lastMessage(NS, "shared-2"),
    lastOfType: await store.lastMessage(NS, "shared-2", "Imported"),
    version: await store.streamVersion(NS, "shared-2"),
    // One in each layer.
    found: await Promise.all([1, 2, 3, 4].map((n) => store.findMessage(NS, uuid(n)))),
  };
}

Deno.test("a namespace of several layers reads as one, before and after they are folded", async () => {
  await using bench = await openBench();
  const { store, database } = bench;
  for (let n = 0; n < 4; n++) await importAll(store, layer(n));
  const { layout } = await new Namespace(database, NS).head();
  assertEquals(layout.value.layers.length, 4);
  const before = await everything(store);
  const sent = [0, 1, 2, 3].flatMap((n) => layer(n)).sort((a, b) =>
    a.globalPosition - b.globalPosition
  );
  assertEquals(before.messages, sent.map(messageOf));
  assertEquals(before.info.streamCount, before.streams.length);
  assertEquals(before.found, before.messages.slice(0, 4));
  for (let left = 3; left > 0; left--) {
    assertEquals(await foldLayers(new Namespace(database, NS)), left > 1);
    assertEquals((await new Namespace(database, NS).head()).layout.value.layers.length, left);
    assertEquals(await everything(store), before);
  }
  assertFalse(await foldLayers(new Namespace(database, NS)));
});

Deno.test("a fold that ends early at any operation changes nothing, and is done the next time", async () => {
  for (let operations = 1;; operations++) {
    await using bench = await openBench();
    const { store, kv } = bench;
    for (let n = 0; n < 2; n++) await importAll(store, layer(n));
    const before = await everything(store);
    let left = operations;
    const failing = new Proxy(kv, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property);
        if (property === "atomic" && left-- <= 0) throw new Error("cut off");
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const database = new Database(failing, { name: "failing" });
    const isCut = await foldLayers(new Namespace(database, NS)).then(() => false, () => true);
    assertEquals(await everything(store), before);
    await foldLayers(new Namespace(bench.database, NS));
    assertEquals(await everything(store), before);
    assertEquals((await new Namespace(bench.database, NS).head()).layout.value.layers.length, 1);
    if (!isCut) return;
  }
});

Deno.test("a fold of more categories than one operation moves keeps their counts right", async () => {
  await using bench = await openBench();
  const { store, database } = bench;
  // The larger one is folded into, so the many categories are in the smaller one.
  await importAll(store, layer(0, 1_500));
  const many = Array.from(
    { length: 900 },
    (_, n) => record({ globalPosition: 50_000 + n, stream: `many${n % 450}-${n}`, line: n + 1 }),
  );
  await importAll(store, many);
  const before = await everything(store);
  let isOver = false;
  const folding = foldLayers(new Namespace(database, NS)).finally(() => isOver = true);
  while (!isOver) assertEquals(await store.listCategories(NS), before.categories);
  await folding;
  assertEquals(await everything(store), before);
});

Deno.test("reads and writes go on while layers are folded and deleted", async () => {
  await using bench = await openBench();
  const { store, maintenance } = bench;
  for (let n = 0; n < 5; n++) await importAll(store, layer(n, 400));
  const before = await readAll(store);
  maintenance.wake();
  let isOver = false;
  const folding = maintenance.settled.then(() => isOver = true);
  const whole = readAll(store);
  let written = 0;
  // Small turns, so that there are many of them whatever the machine does.
  for (let at = 0; !isOver || written < 2; at = (at + 50) % before.length) {
    const from = before[at]!.globalPosition;
    assertEquals(await readAll(store, { from, limit: 50 }), before.slice(at, at + 50));
    await store.write(NS, "shared-1", newMessage());
    written++;
  }
  await folding;
  assertEquals((await whole).slice(0, before.length), before);
  const messages = await readAll(store);
  assertEquals(messages.slice(0, before.length), before);
  assertEquals(messages.length, before.length + written);
  const version = await store.streamVersion(NS, "shared-1");
  const stream = await readStreamAll(store, "shared-1");
  assertEquals(stream.at(-1)?.position, version);
  assertEquals(stream.filter(({ type }) => type === "Tested").length, written);
});

Deno.test("an import that begins while layers are folded is not hurt, nor they", async () => {
  await using bench = await openBench();
  const { store, database } = bench;
  for (let n = 0; n < 2; n++) await importAll(store, layer(n, 400));
  const folding = foldLayers(new Namespace(database, NS));
  const importing = importAll(store, layer(2, 400));
  await Promise.all([folding, importing]);
  while (await foldLayers(new Namespace(database, NS)));
  const sent = [0, 1, 2].flatMap((n) => layer(n, 400)).sort((a, b) =>
    a.globalPosition - b.globalPosition
  );
  assertEquals(await readAll(store), sent.map(messageOf));
});

Deno.test("an import into a namespace of the most layers folds some first", async () => {
  await using bench = await openBench();
  const { store, database } = bench;
  for (let n = 0; n < kvLayersMax + 2; n++) {
    await importAll(store, [record({ globalPosition: n + 1 })]);
    assert((await new Namespace(database, NS).head()).layout.value.layers.length <= kvLayersMax);
  }
  assertEquals((await readAll(store)).length, kvLayersMax + 2);
});

Deno.test("what nobody reads any more is deleted, and nothing else", async () => {
  await using file = new TemporaryKv();
  {
    await using store = await file.open();
    await create(store, NS);
    await create(store, "gone");
    await importAll(store, records(1_500), undefined, "gone");
    await importAll(store, records(3_000));
    await importAll(store, records(2_000), { force: true });
    await assertCode(() => importAll(store, [...records(3), ...records(3)]), "POSITION_EXISTS");
    {
      await using unit = await store.beginImport(NS);
      await unit.write(packRecords([record({ globalPosition: 9_000 })]));
    }
    await store.deleteNamespace("gone");
    await store.settled;
    assertEquals(await readAll(store), records(2_000).map(messageOf));
  }
  const keys = await file.keys();
  assertEquals(keys.filter(([part]) => part === "garbage" || part === "lease"), []);
  assertEquals(keys.filter((key) => key[1] === "m").length, 2_000);
  assertEquals(keys.filter((key) => key[1] === "i").length, 2_000);
});

Deno.test("what could not be deleted before the store was closed is deleted at the next start", async () => {
  await using file = new TemporaryKv();
  {
    await using store = await file.open();
    await create(store, NS);
    await importAll(store, records(3_000));
    await importAll(store, records(10), { force: true });
  }
  await using store = await file.open();
  await store.settled;
  await store[Symbol.asyncDispose]();
  assertEquals((await file.keys()).filter((key) => key[1] === "m").length, 10);
});

Deno.test("a store closes at once, whatever there is to delete", async () => {
  const file = new TemporaryKv();
  const store = await file.open();
  await create(store, NS);
  await importAll(store, records(10_000));
  await importAll(store, records(10), { force: true });
  await store[Symbol.asyncDispose]();
  // Not by the clock, which a busy machine slows down.
  const left = (await file.keys()).filter((key) => key[1] === "m").length;
  assert(left > 1_000, `${left} messages are left`);
  await file[Symbol.asyncDispose]();
});

Deno.test("BloomFilter.add() never forgets, and is rarely wrong about what is new", () => {
  const seen = new BloomFilter(64 * 1024);
  const texts = Array.from({ length: 20_000 }, () => crypto.randomUUID());
  let wrong = 0;
  for (const text of texts) if (seen.add(text)) wrong++;
  // 26 bits for each of them: one in some thousands.
  assert(wrong < 40, `${wrong} were taken for repeated`);
  assertEquals(texts.filter((text) => seen.add(text)).length, texts.length);
});

Deno.test("an import whose filter is always in doubt is as right as any", async () => {
  await using bench = await openBench();
  const { store } = bench;
  const add = BloomFilter.prototype.add;
  BloomFilter.prototype.add = () => true;
  try {
    await importAll(store, records(5_000));
    const twice = [...records(2_500), { ...records(3)[2]!, globalPosition: 9_000, line: 2_501 }];
    const error = await assertCode(
      () => importAll(store, twice, { force: true }),
      "POSITION_EXISTS",
      "stream-2",
    );
    assertEquals(error.line, 2_501);
  } finally {
    BloomFilter.prototype.add = add;
  }
  assertEquals(await readAll(store), records(5_000).map(messageOf));
});
