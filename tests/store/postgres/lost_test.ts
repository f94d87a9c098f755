/**
 * The database goes away: killed as `kill -9` does, at any moment, and started again.
 *
 * @module
 */

import { EventoDBError } from "../../../src/errors.ts";
import type { NewMessage } from "../../../src/message.ts";
import { openPostgres } from "../../../src/store/postgres/open.ts";
import type { ImportMode, Store } from "../../../src/store/store.ts";
import { packRecords } from "../../../src/record/packed_records.ts";
import {
  create,
  globalPositions,
  importAll,
  newMessage,
  NS,
  readAll,
  record,
  records,
} from "../../contract/support.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../../support/assert.ts";
import { startCluster } from "../../support/postgres.ts";

const postgres = await startCluster();

async function openWithNamespace(): Promise<Store> {
  const store = await openPostgres(await postgres.createDatabase());
  await create(store, NS);
  return store;
}

async function assertUnavailable(operation: () => Promise<unknown>): Promise<EventoDBError> {
  const error = await assertRejects(operation, EventoDBError);
  assertEquals(error.status, 503, error.message);
  return error;
}

Deno.test("openPostgres() on a database that is down says so, and later works", async () => {
  const url = await postgres.createDatabase();
  await postgres.kill();
  const error = await assertUnavailable(() => openPostgres(url));
  assertMatch(error.message, /refused the connection .* Check that Postgres runs there/);
  await postgres.start();
  await (await openPostgres(url))[Symbol.asyncDispose]();
});

Deno.test("writes that the database is lost under are there or not, and the id shows which", async () => {
  await using store = await openWithNamespace();
  const written: string[] = [];
  const failed: { message: NewMessage; error: EventoDBError }[] = [];
  const begun = Promise.withResolvers<void>();
  // Each goes on until the database is gone, however long that takes.
  const writing = Array.from({ length: 2_000 }, async (_, index) => {
    while (failed.length === 0) {
      const message = newMessage();
      try {
        await store.write(NS, `a-${index % 50}`, message);
        written.push(message.id);
        begun.resolve();
      } catch (error) {
        failed.push({ message, error: error as EventoDBError });
      }
    }
  });
  await begun.promise;
  await postgres.kill();
  await Promise.all(writing);
  await postgres.start();
  for (const { error } of failed) assertEquals([error.code, error.status], ["BACKEND_ERROR", 503]);
  assert(failed.some(({ error }) => /may or may not have been written/.test(error.message)));
  // Nothing that was answered is missing, and repeating the others ends with each message once.
  const there = new Set((await readAll(store)).map(({ id }) => id));
  assert(written.length > 0 && written.every((id) => there.has(id)));
  await Promise.allSettled(failed.map(({ message }) => store.write(NS, "again-1", message)));
  const all = await readAll(store);
  assertEquals(all.map(({ globalPosition }) => globalPosition), all.map((_, index) => index + 1));
  assertEquals(new Set(all.map(({ id }) => id)).size, written.length + failed.length);
});

Deno.test("a read that the database is lost under ends with 503, and the next one works", async () => {
  await using store = await openWithNamespace();
  await importAll(store, records(2_500));
  const pages = store.readMessages(NS, { from: 1, limit: Infinity })[Symbol.asyncIterator]();
  await pages.next();
  await postgres.kill();
  await assertUnavailable(() => pages.next());
  await assertUnavailable(() => store.namespaceInfo(NS));
  await assertUnavailable(() => store.write(NS, "a-1", newMessage()));
  await postgres.start();
  assertEquals((await readAll(store)).length, 2_500);
});

const situations: [string, ImportMode][] = [
  ["into a full namespace", {}],
  ["with force", { force: true }],
  ["with existing=skip", { existing: "skip" }],
];
for (const [how, mode] of situations) {
  Deno.test(`an import ${how} that the database is lost under leaves nothing`, async () => {
    await using store = await openWithNamespace();
    await importAll(store, records(10));
    const file = records(5_000).map((record) => ({
      ...record,
      id: crypto.randomUUID(),
      stream: `new-${record.globalPosition}`,
      globalPosition: record.globalPosition + 100,
    }));
    for (const killAt of ["write", "commit"]) {
      await using unit = await store.beginImport(NS, mode);
      await unit.write(packRecords(file.slice(0, 1_000)));
      if (killAt === "write") {
        await postgres.kill();
        await assertUnavailable(async () => {
          // The first may still fit into the network's buffers.
          for (let n = 1; n < 5; n++) {
            await unit.write(packRecords(file.slice(n * 1_000, (n + 1) * 1_000)));
          }
          await unit.commit();
        });
        await postgres.start();
      } else {
        await unit.write(packRecords(file.slice(1_000, 2_000)));
        await postgres.kill();
        const failed = assertUnavailable(() => unit.commit());
        await postgres.start();
        await failed;
      }
      assertEquals((await readAll(store)).length, 10);
    }
    await importAll(store, file, mode);
    assertEquals((await readAll(store)).length, mode.force ? 5_000 : 5_010);
  });
}

Deno.test("a commit whose response was lost is not mistaken for a failure, nor the other way round", async () => {
  await using store = await openWithNamespace();
  const outcomes = { committed: 0, lost: 0 };
  for (let round = 0; round < 12; round++) {
    await using unit = await store.beginImport(NS);
    const gpos = round + 1;
    await unit.write(packRecords([record({ globalPosition: gpos, stream: `s-${round}` })]));
    const committing = unit.commit().then(() => true, () => false);
    // A little later each time, so that it hits before, in and after the commit.
    if (round < 11) await new Promise((resolve) => setTimeout(resolve, round));
    else await committing;
    await postgres.kill();
    await postgres.start();
    const isThere = (await globalPositions(store, { from: gpos, to: gpos })).length === 1;
    assertEquals(await committing, isThere);
    outcomes[isThere ? "committed" : "lost"]++;
  }
  assert(outcomes.committed > 0, JSON.stringify(outcomes));
});

Deno.test("an import whose process is killed leaves nothing, and does not stand in the way", async () => {
  const url = await postgres.createDatabase();
  await using store = await openPostgres(url);
  await create(store, NS);
  await importAll(store, records(10));
  for (const mode of [{}, { force: true }]) {
    const importer = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--allow-all",
        new URL("../../support/endless_import.ts", import.meta.url).pathname,
        url,
        JSON.stringify(mode),
      ],
      stdout: "piped",
    }).spawn();
    const progress = importer.stdout.getReader();
    await progress.read();
    await assertRejects(
      () => store.beginImport(NS),
      EventoDBError,
      "while an import into it is running",
    );
    importer.kill("SIGKILL");
    await importer.status;
    await progress.cancel();
    // The write waits for the database to notice, and lands where it would have.
    const { globalPosition } = await store.write(NS, "after-1", newMessage());
    assertEquals((await readAll(store)).at(-1)?.globalPosition, globalPosition);
    assertEquals((await store.namespaceInfo(NS)).messageCount, globalPosition);
  }
});
