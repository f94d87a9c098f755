import { once } from "node:events";
import fc from "fast-check";
import { Database } from "../../../src/store/postgres/connection/database.ts";
import { sqlState } from "../../../src/store/postgres/errors.ts";
import { Copy } from "../../../src/store/postgres/import/copy.ts";
import { schemaOf } from "../../../src/store/postgres/names.ts";
import { openPostgres } from "../../../src/store/postgres/open.ts";
import {
  create,
  importAll,
  messageOf,
  newMessage,
  NS,
  readAll,
  record,
  records,
} from "../../contract/support.ts";
import { assertEquals, assertMatch, assertRejects } from "../../support/assert.ts";
import { testPostgres } from "../../support/postgres.ts";
import { anyCharacter } from "../../support/property.ts";

const postgres = await testPostgres();

async function openWithNamespace() {
  const url = await postgres.createDatabase();
  const store = await openPostgres(url);
  await create(store, NS);
  return { store, url, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

Deno.test("COPY takes any text that a message can have, and gives it back", async () => {
  await using opened = await openWithNamespace();
  const text = fc.string({ unit: anyCharacter, minLength: 1, maxLength: 40 })
    .map((text) => text.replaceAll("\0", "\t").toWellFormed());
  const odd = fc.constantFrom("\\N", "\\.", "\t", "\r\n", "\\\\", "\u2028", "é\u0301", "\x01\x7f");
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.oneof(text, odd), fc.oneof(text, odd)), { minLength: 1, maxLength: 30 }),
      async (pairs) => {
        const sent = pairs.map(([stream, type], index) =>
          record({
            globalPosition: index + 1,
            position: index,
            stream,
            type,
            data: `{"a":${JSON.stringify(stream + type)},"b":"\\u0000\\ud800","b":1.0}`,
            metadata: index % 2 === 0 ? null : `{"t":${JSON.stringify(type)}}`,
          })
        );
        // Into a table of its own, and into the one that is there.
        await importAll(opened.store, sent, { force: true });
        assertEquals(await readAll(opened.store), sent.map(messageOf));
        await importAll(
          opened.store,
          sent.map((record) => ({
            ...record,
            id: crypto.randomUUID(),
            position: record.position + 100,
            globalPosition: record.globalPosition + 100,
          })),
        );
        const again = (await readAll(opened.store)).slice(sent.length);
        assertEquals(again.map(({ stream, type, data }) => [stream, type, data]), [
          ...sent.map(({ stream, type, data }) => [stream, type, data]),
        ]);
      },
    ),
    { numRuns: 20 },
  );
});

Deno.test("an import into a full namespace names the line that COPY stopped at", async () => {
  await using opened = await openWithNamespace();
  await importAll(opened.store, records(3));
  const file = records(3_000).map((record) => ({
    ...record,
    id: crypto.randomUUID(),
    stream: `new, (${record.globalPosition})=(1)`,
    globalPosition: record.globalPosition + 10,
    line: record.globalPosition * 3,
  }));
  const [taken = record({ globalPosition: 1 })] = file;
  for (
    const [late, reason] of [
      [{ ...taken, id: crypto.randomUUID(), globalPosition: 9_000 }, /position 0 of the stream/],
      [{ ...taken, stream: "x", globalPosition: 9_000 }, /message id .* an earlier line/],
      [
        { ...taken, stream: "x", id: crypto.randomUUID() },
        /global position 11 is taken by line \d+$/,
      ],
      [record({ globalPosition: 2 }), /global position 2 .* gpos 2/],
    ] as const
  ) {
    const error = await assertRejects(
      () => importAll(opened.store, [...file, { ...late, line: 20_000 }]),
      Error,
    );
    assertMatch(error.message, /^Cannot import line 20000: /);
    assertMatch(error.message, reason);
    assertEquals((await readAll(opened.store)).length, 3);
  }
});

Deno.test("a read of several pages ends with an error when force replaces what it reads", async () => {
  await using opened = await openWithNamespace();
  await importAll(opened.store, records(2_500));
  const pages = opened.store.readMessages(NS, { from: 1, limit: Infinity })[Symbol.asyncIterator]();
  assertEquals((await pages.next()).value?.length, 1_000);
  await importAll(opened.store, records(2_500), { force: true });
  await assertRejects(() => pages.next(), Error, "while they were being read");
});

Deno.test("force says what is in the way of it, and can be repeated any number of times", async () => {
  await using opened = await openWithNamespace();
  await importAll(opened.store, records(5));
  const [{ schema }] = await postgres.run(
    "SELECT schema_name AS schema FROM eventodb.namespaces",
    opened.url,
  ) as [{ schema: string }];
  await postgres.run(`CREATE VIEW ${schema}.mine AS SELECT * FROM ${schema}.messages`, opened.url);
  await assertRejects(
    () => importAll(opened.store, records(2), { force: true }),
    Error,
    "has other objects that depend on the messages",
  );
  assertEquals((await readAll(opened.store)).length, 5);
  await postgres.run(`DROP VIEW ${schema}.mine`, opened.url);
  await importAll(opened.store, records(2), { force: true });
  await importAll(opened.store, records(3), { force: true });
  const names = await postgres.run(
    `SELECT indexname AS name FROM pg_indexes
     WHERE schemaname = '${schema}' AND tablename = 'messages' ORDER BY 1`,
    opened.url,
  );
  assertEquals(names.map(({ name }) => name), [
    "messages_category",
    "messages_id",
    "messages_pkey",
    "messages_stream",
    "messages_time",
  ]);
  await assertRejects(
    () => importAll(opened.store, [record({ globalPosition: 3 })]),
    Error,
    "gpos 3",
  );
});

Deno.test("counts that have been added up are what they were", async () => {
  await using opened = await openWithNamespace();
  // The next write is the ten thousandth: what was added until then becomes one row a category.
  await importAll(opened.store, [record({ globalPosition: 9_997, stream: "a-1" })]);
  for (const stream of ["a-1", "a-2", "b-1", "b-1", "c"]) {
    await opened.store.write(NS, stream, newMessage());
  }
  const { messageCount, streamCount } = await opened.store.namespaceInfo(NS);
  assertEquals([messageCount, streamCount], [6, 4]);
  assertEquals(await opened.store.listCategories(NS), [
    { category: "a", streamCount: 2, messageCount: 3 },
    { category: "b", streamCount: 1, messageCount: 2 },
    { category: "c", streamCount: 1, messageCount: 1 },
  ]);
  const [{ schema }] = await postgres.run(
    "SELECT schema_name AS schema FROM eventodb.namespaces",
    opened.url,
  ) as [{ schema: string }];
  const rows = await postgres.run(`SELECT * FROM ${schema}.counts`, opened.url);
  assertEquals(rows.length, 4);
  assertEquals((await opened.store.listNamespaces())[0]?.messageCount, 6);
  assertEquals(await opened.store.deleteNamespace(NS), 6);
});

Deno.test("a large import leaves statistics, so that no page of a read sorts all that follow it", async () => {
  await using opened = await openWithNamespace();
  const { store, url } = opened;
  const plan = async () => {
    const rows = await postgres.run(
      `EXPLAIN SELECT * FROM ${schemaOf(NS)}.messages
       WHERE global_position >= 1 AND global_position <= 9007199254740991
       ORDER BY global_position LIMIT 1000`,
      url,
    );
    return rows.map((row) => row["QUERY PLAN"]).join("\n");
  };
  await importAll(store, records(30_000));
  assertMatch(await plan(), /^Limit.*\n.*Index Scan using messages_pkey/);
  await importAll(store, records(60_000).slice(30_000));
  assertMatch(await plan(), /^Limit.*\n.*Index Scan using messages_pkey/);
});

Deno.test("messages have Message DB's columns, for people with psql", async () => {
  await using opened = await openWithNamespace();
  const message = newMessage({ data: '{"b":1,"a":2,"b":"\\u0000"}' });
  await opened.store.write(NS, "account-1", message);
  const [{ schema }] = await postgres.run(
    "SELECT schema_name AS schema FROM eventodb.namespaces",
    opened.url,
  ) as [{ schema: string }];
  const [row] = await postgres.run(
    `SELECT id, stream_name, type, position, global_position, data, metadata,
            time::timestamptz IS NOT NULL AS is_time, category FROM ${schema}.messages`,
    opened.url,
  );
  assertEquals(row, {
    id: message.id,
    stream_name: "account-1",
    type: "Tested",
    position: "0",
    global_position: "1",
    data: message.data,
    metadata: null,
    is_time: true,
    category: "account",
  });
});

Deno.test("a COPY that Postgres has stopped says why, whatever is asked of it next", async () => {
  await using opened = await openWithNamespace();
  await opened.store.write(NS, "there-1", newMessage());
  await using database = await Database.open(opened.url);
  for (const next of ["write", "finish"] as const) {
    await using session = await database.session();
    await session.query("BEGIN");
    const copy = new Copy(session, `${schemaOf(NS)}.messages`);
    const rows = records(1_500).map(messageOf);
    const stopped = once(session.client.connection, "errorMessage");
    // Whether it hears of it itself depends on how fast Postgres is.
    await Promise.all([stopped, copy.write(rows).catch(() => {})]);
    const error = await assertRejects(() => copy[next](rows));
    assertEquals(sqlState(error), "23505", `${error}`);
  }
});

Deno.test("a COPY that is given up takes nothing more, also before Postgres has heard of it", async () => {
  await using opened = await openWithNamespace();
  await using database = await Database.open(opened.url);
  for (const next of ["write", "finish"] as const) {
    await using session = await database.session();
    await session.query("BEGIN");
    const copy = new Copy(session, `${schemaOf(NS)}.messages`);
    const rows = records(10).map(messageOf);
    await copy.write(rows);
    const aborting = copy.abort();
    const error = await assertRejects(() => copy[next](rows));
    assertMatch(`${error}`, /the import was aborted/);
    await aborting;
  }
});
