/**
 * Lines of an export that Postgres puts together: what may go wrong between it and the reader.
 *
 * @module
 */

import pg from "../../../src/deps/pg.ts";
import { lineBytesMax, nameBytesMax, pageCharsMax } from "../../../src/limits.ts";
import { postgresConnectionsMax } from "../../../src/store/postgres/limits.ts";
import { formatRecords } from "../../../src/record/format.ts";
import { schemaOf } from "../../../src/store/postgres/names.ts";
import { openPostgres } from "../../../src/store/postgres/open.ts";
import type { MessageQuery, Store } from "../../../src/store/store.ts";
import {
  assertCode,
  create,
  importAll,
  NS,
  readAll,
  record,
  records,
} from "../../contract/support.ts";
import { assertEquals, assertLess } from "../../support/assert.ts";
import { testPostgres } from "../../support/postgres.ts";

const postgres = await testPostgres();

function linePages(
  store: Store,
  query: Partial<MessageQuery> = {},
): AsyncIterator<Uint8Array<ArrayBuffer>> {
  return store.readLines(NS, { from: 0, limit: Infinity, ...query })[Symbol.asyncIterator]();
}

async function linesOf(store: Store, query: Partial<MessageQuery> = {}): Promise<string> {
  let text = "";
  const pages = store.readLines(NS, { from: 0, limit: Infinity, ...query });
  for await (const page of pages) text += new TextDecoder().decode(page);
  return text;
}

Deno.test("readLines() takes any text in a query for a text", async () => {
  await using store = await openPostgres(await postgres.createDatabase());
  await create(store, NS);
  const names = [
    "'",
    "\\",
    "\\'",
    "'); DROP",
    "$1",
    "$4",
    "{a,b}",
    '"',
    "E'",
    "%s",
    "漢",
    "\n",
    "NULL",
  ];
  await importAll(
    store,
    names.map((name, index) =>
      record({
        globalPosition: index + 1,
        stream: `${name}-1`,
        metadata: JSON.stringify({ correlationStreamName: `${name}-2` }),
      })
    ),
  );
  for (const name of names) {
    for (
      const query of [{ categories: [name] }, { categories: [name, "$2"] }, { correlation: name }]
    ) {
      const found = await readAll(store, query);
      assertEquals(found.length, 1);
      assertEquals(await linesOf(store, query), formatRecords(found));
    }
  }
  const many = [...names, ...Array.from({ length: 40 }, (_, index) => `$${index}'`)];
  assertEquals(await linesOf(store, { categories: many }), formatRecords(await readAll(store)));
});

Deno.test("readLines() hands on messages of the largest size", async () => {
  await using store = await openPostgres(await postgres.createDatabase());
  await create(store, NS);
  const data = `"${"ü".repeat(lineBytesMax / 2 - 1_000)}"`;
  const all = [1, 2, 3].map((globalPosition) => record({ globalPosition, data }));
  for (const record of all) await importAll(store, [record]);
  assertEquals(await linesOf(store), formatRecords(all));
});

Deno.test("readLines() ends a page early where names are long", async () => {
  await using store = await openPostgres(await postgres.createDatabase());
  await create(store, NS);
  const long = "\u0001".repeat(nameBytesMax - 1);
  const all = records(4_100).map((record) => ({
    ...record,
    stream: `${record.stream[7]}${long}`,
    type: long,
  }));
  await importAll(store, all);
  let text = "";
  for await (const page of store.readLines(NS, { from: 0, limit: Infinity })) {
    // What JSON escapes takes six bytes.
    assertLess(page.length, 6 * pageCharsMax + 1024 * 1024);
    text += new TextDecoder().decode(page);
  }
  assertEquals(text, formatRecords(all));
});

Deno.test("readLines() reads each large payload once", async () => {
  const url = await postgres.createDatabase();
  {
    await using store = await openPostgres(url);
    await create(store, NS);
    const data = () => {
      const random = crypto.getRandomValues(new Uint8Array(64 * 1024)).toHex();
      return JSON.stringify(random + random.split("").reverse().join("") + random.slice(9_999));
    };
    await importAll(store, records(96).map((record) => ({ ...record, data: data() })));
  }
  /** Blocks of payloads that were looked at since the last time, once that is known. */
  const looked = async (read: (store: Store) => Promise<unknown>) => {
    await postgres.run(`SELECT pg_stat_reset()`, url);
    {
      await using store = await openPostgres(url);
      await read(store);
    }
    for (;;) {
      const [row] = await postgres.run(
        `SELECT toast_blks_hit + toast_blks_read AS blocks FROM pg_statio_user_tables
         WHERE schemaname = '${schemaOf(NS)}' AND relname = 'messages'`,
        url,
      );
      const blocks = Number(row!.blocks);
      if (blocks > 0) return blocks;
    }
  };
  const once = await looked((store) => readAll(store));
  assertLess(await looked((store) => linesOf(store)), 1.2 * once);
});

Deno.test("readLines() that is given up leaves nothing running", async () => {
  const url = await postgres.createDatabase();
  await using store = await openPostgres(url);
  await create(store, NS);
  await importAll(store, records(20_000));
  // More readers than connections: none keeps one.
  for (let i = 0; i < 2 * postgresConnectionsMax; i++) {
    const pages = linePages(store);
    assertEquals((await pages.next()).done, false);
    await pages.return!();
  }
  const running = await postgres.run(
    "SELECT query FROM pg_stat_activity WHERE datname = current_database() " +
      "AND pid <> pg_backend_pid() AND (state <> 'idle' OR query LIKE 'BEGIN%')",
    url,
  );
  assertEquals(running, []);
});

Deno.test("readLines() lets slow readers wait without a connection", async () => {
  await using store = await openPostgres(await postgres.createDatabase());
  await create(store, NS);
  await importAll(store, records(20_000));
  const readers = Array.from({ length: 2 * postgresConnectionsMax }, () => linePages(store));
  const firsts = await Promise.all(readers.map((pages) => pages.next()));
  assertEquals(firsts.some(({ done }) => done), false);
  assertEquals((await readAll(store)).length, 20_000);
  await Promise.all(readers.map((pages) => pages.return!()));
});

Deno.test("readLines() says that the connection was lost, and the next one does well", async () => {
  const url = await postgres.createDatabase();
  await using store = await openPostgres(url);
  await create(store, NS);
  await importAll(store, records(20_000));
  const pages = linePages(store);
  await pages.next();
  const other = new pg.Client({ connectionString: url });
  await other.connect();
  try {
    await other.query(`BEGIN; LOCK TABLE ${schemaOf(NS)}.messages`);
    // The page that was under way may have come; of those after it, none does.
    const waits = assertCode(
      async () => {
        while (!(await pages.next()).done);
      },
      "BACKEND_ERROR",
    );
    const cut = "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE NOT granted";
    while ((await postgres.run(cut, url)).length === 0);
    assertEquals((await waits).status, 503);
  } finally {
    await other.end();
  }
  assertEquals(await linesOf(store), formatRecords(await readAll(store)));
});
