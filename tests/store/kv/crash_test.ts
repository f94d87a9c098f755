/**
 * `kill -9` while a Deno KV file is written, at any moment: the next start finds the namespace as it
 * was before, or complete, and collects what is left.
 *
 * @module
 */

import type { ImportMode } from "../../../src/store/store.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import {
  assertCode,
  create,
  importAll,
  newMessage,
  NS,
  readAll,
  record,
  records,
} from "../../contract/support.ts";
import { startKvChild, TemporaryKv } from "./store.ts";

const KILLS = 6;
const IMPORTED = 10_000;

const situations: [string, number, ImportMode][] = [
  ["into an empty namespace", 0, {}],
  ["with force", 50, { force: true }],
  ["into a full namespace", 50, {}],
];
for (const [how, held, mode] of situations) {
  Deno.test(`an import ${how} of Deno KV that is killed is whole or not there`, async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      await using file = new TemporaryKv();
      {
        await using store = await file.open();
        await create(store, NS);
        await importAll(store, records(held));
      }
      const hasCommitted = await importAndKill(file, mode, kill);

      await using store = await file.open();
      const messages = await readAll(store);
      const complete = IMPORTED + (mode.force ? 0 : held);
      if (hasCommitted) assertEquals(messages.length, complete);
      else assert([held, complete].includes(messages.length), `${messages.length} messages`);
      const info = await store.namespaceInfo(NS);
      assertEquals(info.messageCount, messages.length);
      const counted = await store.listCategories(NS);
      assertEquals(
        counted.reduce((sum, { messageCount }) => sum + messageCount, 0),
        messages.length,
      );
      assertEquals(
        counted.reduce((sum, { streamCount }) => sum + streamCount, 0),
        info.streamCount,
      );
      // Neither a write nor the next import has to wait for what is dead.
      const highest = messages.at(-1)?.globalPosition ?? 0;
      assertEquals((await store.write(NS, "next-1", newMessage())).globalPosition, highest + 1);
      await importAll(store, [record({ globalPosition: 900_000 })]);
      assertEquals((await readAll(store)).length, messages.length + 2);
      await store.settled;
      await store[Symbol.asyncDispose]();
      await assertTidy(file, messages.length + 2);
    }
  });
}

Deno.test("the chunks of a message whose write is killed are collected", async () => {
  await using file = new TemporaryKv();
  {
    await using store = await file.open();
    await create(store, NS);
  }
  const { process, lines } = startKvChild(file.path, "large");
  await lines.read();
  await new Promise((resolve) => setTimeout(resolve, 150));
  process.kill("SIGKILL");
  await process.status;
  await lines.cancel();
  await using store = await file.open();
  await store.settled;
  const messages = await readAll(store);
  await store[Symbol.asyncDispose]();
  const keys = await file.keys();
  assertEquals(keys.filter(([part]) => part === "pending"), []);
  const chunks = new Set(keys.filter((key) => key[1] === "p").map((key) => key[2]));
  assertEquals(chunks.size, messages.length);
});

Deno.test("another server does not take a live import for dead, and knows a dead one", async () => {
  await using file = new TemporaryKv();
  // Open all the time, so that whoever comes is not alone.
  await using store = await file.open({ importWaitMs: 10 });
  await create(store, NS);
  const { process, lines } = startKvChild(file.path, "import", "2000", "{}", "hold");
  assertEquals([(await lines.read()).value, (await lines.read()).value], ["begun", "filled"]);
  {
    // One more start, which collects what it can.
    await using other = await file.open();
    await other.settled;
  }
  await assertCode(() => store.beginImport(NS), "IMPORT_IN_PROGRESS");
  await assertCode(() => store.write(NS, "a-1", newMessage()), "IMPORT_IN_PROGRESS");
  process.kill("SIGKILL");
  await process.status;
  await lines.cancel();
  await expireLease(file);
  assertEquals((await store.write(NS, "a-1", newMessage())).globalPosition, 1);
  await importAll(
    store,
    records(3).map((record) => ({ ...record, globalPosition: record.line + 5 })),
  );
  assertEquals((await readAll(store)).length, 4);
  await store.settled;
  await store[Symbol.asyncDispose]();
  await assertTidy(file, 4);
});

/** Kills the import some time after it began; the last times right after it has committed. */
async function importAndKill(
  file: TemporaryKv,
  mode: ImportMode,
  kill: number,
): Promise<boolean> {
  const { process, lines } = startKvChild(
    file.path,
    "import",
    String(IMPORTED),
    JSON.stringify(mode),
  );
  await lines.read();
  let hasCommitted = false;
  const committed = lines.read().then(({ value }) => hasCommitted = value === "committed");
  if (kill < KILLS - 1) {
    const delay = new Promise((resolve) => setTimeout(resolve, Math.random() * 600));
    await Promise.race([committed, delay]);
  } else await committed;
  process.kill("SIGKILL");
  await process.status;
  await committed;
  await lines.cancel();
  return hasCommitted;
}

/** Lets the lease run out at once: time is not what is tested. */
async function expireLease(file: TemporaryKv): Promise<void> {
  using kv = await Deno.openKv(file.path);
  const { value } = await kv.get<{ layer: number }>(["eventodb", "lease", NS]);
  await kv.set(["eventodb", "lease", NS], { ...value, expires: 0 });
}

/** Asserts that nothing is left but one layer with its messages. */
async function assertTidy(file: TemporaryKv, messages: number): Promise<void> {
  const keys = await file.keys();
  const has = (part: Deno.KvKeyPart) => keys.filter(([first]) => first === part).length;
  assertEquals([has("garbage"), has("lease"), has("pending")], [0, 0, 0]);
  const layers = new Set(keys.map(([part]) => part).filter((part) => typeof part === "number"));
  assertEquals(layers.size, 1);
  for (const kind of ["m", "c", "s", "i"]) {
    assertEquals(keys.filter((key) => key[1] === kind).length, messages, kind);
  }
}
