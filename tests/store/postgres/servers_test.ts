/**
 * Several servers on one database: real processes, writers on each, and readers that follow.
 *
 * @module
 */

import { schemaOf } from "../../../src/store/postgres/names.ts";
import { openPostgres } from "../../../src/store/postgres/open.ts";
import { packRecords } from "../../../src/record/packed_records.ts";
import {
  create,
  importAll,
  newMessage,
  NS,
  readAll,
  record,
  records,
} from "../../contract/support.ts";
import { assert, assertEquals, assertRejects } from "../../support/assert.ts";
import { testPostgres } from "../../support/postgres.ts";
import { twoServers } from "../two_servers.ts";

const postgres = await testPostgres();

twoServers("postgres", () => postgres.createDatabase());

Deno.test("two stores let exactly one writer win each version and each id", async () => {
  const url = await postgres.createDatabase();
  await using one = await openPostgres(url);
  await using other = await openPostgres(url);
  await create(one, NS);
  for (let version = -1; version < 4; version++) {
    const same = newMessage();
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => {
      const store = n % 2 === 0 ? one : other;
      return n < 10
        ? store.write(NS, "a-1", newMessage(), version)
        : store.write(NS, `b-${n}`, same);
    }));
    const ends = outcomes.map((outcome) =>
      outcome.status === "fulfilled" ? "won" : outcome.reason.code
    );
    assertEquals(ends.toSorted(), [
      ...Array(9).fill("MESSAGE_ID_EXISTS"),
      ...Array(9).fill("STREAM_VERSION_CONFLICT"),
      "won",
      "won",
    ]);
  }
});

Deno.test("what one server does to a namespace, the other one sees", async () => {
  const url = await postgres.createDatabase();
  await using one = await openPostgres(url);
  await using other = await openPostgres(url, { importWaitMs: 20 });
  await create(one, NS);
  assertEquals((await other.findNamespace(NS))?.id, NS);
  await one.write(NS, "a-1", newMessage());
  await assertRejects(() => create(other, NS), Error, "already");
  {
    await using unit = await one.beginImport(NS, { force: true });
    await assertRejects(() => other.beginImport(NS), Error, "while an import into it is running");
    await assertRejects(() => other.write(NS, "a-1", newMessage()), Error, "while an import");
    await assertRejects(() => other.deleteNamespace(NS), Error, "while an import");
    await unit.write(packRecords(records(2_500).slice(0, 1_000)));
    assertEquals((await readAll(other)).length, 1);
    await unit.commit();
  }
  assertEquals((await readAll(other)).length, 1_000);
  assertEquals((await other.write(NS, "a-1", newMessage())).globalPosition, 1_001);
  assertEquals(await one.deleteNamespace(NS), 1_001);
  await assertRejects(() => other.write(NS, "a-1", newMessage()), Error, "There is no namespace");
  await assertRejects(() => readAll(other), Error, "There is no namespace");
});

Deno.test("a follower misses nothing beside imports that append, on another server", async () => {
  const url = await postgres.createDatabase();
  await using one = await openPostgres(url);
  await using other = await openPostgres(url);
  await create(one, NS);
  let isDone = false;
  const working = (async () => {
    for (let round = 0; round < 8; round++) {
      await Promise.all(
        Array.from({ length: 40 }, (_, n) => one.write(NS, `w-${n % 7}`, newMessage())),
      );
      const { globalPosition } = await one.namespaceInfo(NS);
      await importAll(
        one,
        Array.from(
          { length: 50 },
          (_, n) => record({ globalPosition: globalPosition + 1_000 + n, id: crypto.randomUUID() }),
        ),
      );
    }
    isDone = true;
  })();
  const seen: number[] = [];
  for (let isLast = false; !isLast;) {
    isLast = isDone;
    const page = await readAll(other, { from: (seen.at(-1) ?? 0) + 1 });
    seen.push(...page.map(({ globalPosition }) => globalPosition));
  }
  await working;
  assertEquals(seen.length, 8 * 90);
  assertEquals(seen, (await readAll(one)).map(({ globalPosition }) => globalPosition));
});

Deno.test("namespaces are made, filled and deleted at once without harm to each other", async () => {
  const url = await postgres.createDatabase();
  await using one = await openPostgres(url);
  await using other = await openPostgres(url);
  await Promise.all(Array.from({ length: 12 }, async (_, n) => {
    const store = n % 2 === 0 ? one : other;
    const id = `n-${n}`;
    await create(store, id);
    await Promise.all([1, 2, 3].map(() => store.write(id, "a-1", newMessage())));
    await store.listNamespaces();
    if (n % 3 === 0) assertEquals(await store.deleteNamespace(id), 3);
  }));
  const left = await one.listNamespaces();
  assertEquals(left.map(({ messageCount }) => messageCount), Array(8).fill(3));
  assert(await one.connections() <= 10);
});

Deno.test("a write into Postgres does not carry its own notice, which would hold up all others", async () => {
  const url = await postgres.createDatabase();
  const role = `writer_${crypto.randomUUID().replaceAll("-", "")}`;
  await postgres.run(`CREATE ROLE ${role} LOGIN PASSWORD 'writer'`);
  try {
    const database = new URL(url).pathname.slice(1);
    await postgres.run(`GRANT CREATE ON DATABASE ${database} TO ${role}`);
    // In a transaction of its own, a notice that fails takes no write with it.
    await postgres.run("REVOKE EXECUTE ON FUNCTION pg_notify(text, text) FROM PUBLIC", url);
    const asWriter = new URL(url);
    asWriter.username = role;
    asWriter.password = "writer";
    await using store = await openPostgres(asWriter.href);
    await create(store, NS);
    assertEquals((await store.write(NS, "a-1", newMessage())).globalPosition, 1);
  } finally {
    await postgres.run(`DROP OWNED BY ${role}`, url);
    await postgres.run(`REVOKE ALL ON DATABASE ${new URL(url).pathname.slice(1)} FROM ${role}`);
    await postgres.run(`DROP ROLE ${role}`);
  }
});

Deno.test("onAppended() notifies of a commit whose server ended before it could (postgres)", async () => {
  const url = await postgres.createDatabase();
  await using store = await openPostgres(url);
  await create(store, NS);
  let told = Promise.withResolvers<void>();
  const unlisten = store.onAppended(() => told.resolve(), () => [NS]);
  await told.promise;
  told = Promise.withResolvers();
  await postgres.run(
    `SELECT * FROM ${schemaOf(NS)}.write_messages(
       ARRAY[gen_random_uuid()::text], ARRAY['a-1'], ARRAY['T'], ARRAY['{}'], ARRAY[NULL],
       ARRAY['2025-01-01T00:00:00Z'], ARRAY[NULL], ARRAY[NULL]::bigint[])`,
    url,
  );
  await told.promise;
  unlisten();
  assertEquals((await readAll(store)).length, 1);
});

Deno.test("a write into Postgres does not go through its stream, also in a namespace that is new", async () => {
  const url = await postgres.createDatabase();
  const writes = 300;
  {
    await using store = await openPostgres(url);
    await create(store, NS);
    for (let n = 0; n < writes; n++) await store.write(NS, "a-1", newMessage());
  }
  // A session reports what it has read when it ends, at the latest.
  const read = async () => {
    const [row] = await postgres.run(
      `SELECT idx_scan::integer AS scans, idx_tup_read::integer AS entries
       FROM pg_stat_user_indexes
       WHERE schemaname = '${schemaOf(NS)}' AND indexrelname = 'messages_stream'`,
      url,
    ) as { scans: number; entries: number }[];
    return row!;
  };
  let { scans, entries } = await read();
  while (scans < writes) ({ scans, entries } = await read());
  assert(entries <= 2 * writes, `${entries} entries were read for ${writes} writes`);
});
