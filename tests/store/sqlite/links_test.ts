/**
 * The file of an index of links, beside that of its namespace.
 *
 * @module
 */

import { namespacesOpenMax } from "../../../src/store/sqlite/limits.ts";
import { assertLinks, linkedHistory } from "../../contract/links.ts";
import { assertCode, create, importAll, NS, record } from "../../contract/support.ts";
import { assert, assertEquals, assertRejects } from "../../support/assert.ts";
import { TemporaryFolder } from "./folder.ts";

const linksFiles = (folder: TemporaryFolder) =>
  folder.names().filter((name) => name.endsWith("-links"));

const isUpToDate = { onIndexed: () => assert(false, "nothing is new") };

Deno.test("an index of links stays in its file, and goes with its namespace's", async () => {
  using folder = new TemporaryFolder();
  {
    await using store = await folder.open();
    await create(store, NS);
    await importAll(store, linkedHistory(300));
    assertEquals(linksFiles(folder), []);
    await assertLinks(store);
    assertEquals(linksFiles(folder), [`${folder.namespaceFiles()[0]}-links`]);
  }
  await using store = await folder.open();
  await assertLinks(store, {}, isUpToDate);
  await importAll(store, linkedHistory(200), { force: true });
  await store[Symbol.asyncDispose]();
  await using again = await folder.open();
  assertEquals(linksFiles(folder), []);
  await assertLinks(again);
  await again.deleteNamespace(NS);
  assertEquals(folder.names().filter((name) => name.includes("links")), []);
});

Deno.test("an index of links that is damaged, or missing, is built again", async () => {
  using folder = new TemporaryFolder();
  const damages: ((path: string) => void)[] = [
    (path) => Deno.writeTextFileSync(path, "no database at all, but long enough to be read as one"),
    (path) => Deno.truncateSync(path, 100),
    (path) => Deno.writeTextFileSync(path, ""),
    (path) => Deno.removeSync(path),
  ];
  {
    await using store = await folder.open();
    await create(store, NS);
    await importAll(store, linkedHistory(300));
    await assertLinks(store);
  }
  for (const damage of damages) {
    damage(folder.file(linksFiles(folder)[0]!));
    {
      await using store = await folder.open();
      await assertLinks(store);
    }
    await using store = await folder.open();
    await assertLinks(store, {}, isUpToDate);
  }
});

Deno.test("an index of links is not taken for that of a file that was restored", async () => {
  using folder = new TemporaryFolder();
  const all = linkedHistory(300);
  {
    await using store = await folder.open();
    await create(store, NS);
    await importAll(store, all.slice(0, 100));
  }
  const file = folder.file(folder.namespaceFiles()[0]!);
  const backup = Deno.readFileSync(file);
  {
    await using store = await folder.open();
    await importAll(store, all.slice(100, 200));
    await assertLinks(store);
  }
  Deno.writeFileSync(file, backup);
  await using store = await folder.open();
  // As many events at the same positions, and others.
  const others = all.slice(100, 200).map((each, i) => ({
    ...each,
    id: `other-${i}`,
    stream: `other-${i % 7}`,
    metadata: all[i]!.metadata,
  }));
  await importAll(store, others);
  await assertLinks(store);
});

Deno.test("an index of links that is being built again is not read as if it were whole", async () => {
  using folder = new TemporaryFolder();
  await using store = await folder.open();
  await create(store, NS);
  const linkedBy = (n: number, stream: string, globalPosition: number) =>
    record({ globalPosition, stream, position: n, id: `id-${stream}-${n}`, metadata: correlated });
  // More than is taken in at once, and the last of them links.
  await importAll(store, [
    ...Array.from({ length: 6_000 }, (_, n) => record({ globalPosition: n + 10 })),
    linkedBy(0, "last-1", 7_000),
  ]);
  await using links = await store.openLinks(NS, {});
  await importAll(store, [linkedBy(0, "late-1", 1)]);
  const stop = new AbortController();
  const given = { signal: stop.signal, onIndexed: () => stop.abort(new Error("enough")) };
  await assertRejects(() => store.openLinks(NS, {}, given), Error, "enough");
  const found = await Array.fromAsync(links.linksTo(["target-1"]));
  assertEquals(found.map(({ stream }) => stream).sort(), ["last-1", "late-1"]);
});

Deno.test("an index of links is read on where its files were closed, and not where its namespace is gone", async () => {
  using folder = new TemporaryFolder();
  await using store = await folder.open();
  const others = Array.from({ length: namespacesOpenMax + 1 }, (_, n) => `other-${n}`);
  for (const id of [NS, ...others]) await create(store, id);
  const targets = Array.from({ length: 600 }, (_, n) => `target-${n}`);
  await importAll(
    store,
    targets.map((target, n) =>
      record({
        globalPosition: n + 1,
        metadata: JSON.stringify({ correlationStreamName: target }),
      })
    ),
  );
  await using links = await store.openLinks(NS, {});
  const found: string[] = [];
  for await (const { stream } of links.linksTo(targets)) {
    // The least recently used files are closed.
    if (found.length === 0) { for (const id of others) await store.namespaceInfo(id); }
    found.push(stream);
  }
  assertEquals(found, targets.map((_, n) => `stream-${n + 1}`));
  await assertCode(async () => {
    let count = 0;
    for await (const _ of links.linksTo(targets)) {
      if (count++ === 0) await store.deleteNamespace(NS);
    }
  }, "NAMESPACE_NOT_FOUND");
});

const correlated = '{"correlationStreamName":"target-1"}';
