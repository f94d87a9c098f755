/**
 * Windows of time in Postgres: what of the table is read for one.
 *
 * @module
 */

import { timeRunsMax } from "../../../src/store/postgres/limits.ts";
import { Database } from "../../../src/store/postgres/connection/database.ts";
import { schemaOf } from "../../../src/store/postgres/names.ts";
import { openPostgres } from "../../../src/store/postgres/open.ts";
import {
  findWindow,
  WINDOW_SETTINGS,
  windowStatement,
} from "../../../src/store/postgres/read/time_window.ts";
import type { ImportMode, MessageQuery } from "../../../src/store/store.ts";
import type { ImportRecord } from "../../../src/record/import_record.ts";
import {
  create,
  globalPositions,
  importAll,
  newMessage,
  NS,
  record,
  records,
} from "../../contract/support.ts";
import { assert, assertEquals, assertLess, assertLessOrEqual } from "../../support/assert.ts";
import { testPostgres } from "../../support/postgres.ts";

const postgres = await testPostgres();
const schema = schemaOf(NS);

/** The time of so many seconds after the first. */
function timeAt(seconds: number): string {
  return new Date(Date.UTC(2025, 0, 1) + seconds * 1_000).toISOString();
}

function window(since: number, until: number): MessageQuery {
  return { from: 0, limit: Infinity, since: timeAt(since), until: timeAt(until) };
}

/** Records a second apart. */
function events(count: number): ImportRecord[] {
  return records(count).map((record, index) => ({ ...record, time: timeAt(index) }));
}

/** What `EXPLAIN` says of one step of a plan. */
interface Step {
  "Node Type": string;
  "Index Name"?: string;
  "Exact Heap Blocks"?: number;
  "Lossy Heap Blocks"?: number;
  Plans?: Step[];
}

/** The steps by which a window is found. */
async function stepsOf(database: Database, query: MessageQuery): Promise<Step[]> {
  const { sql, values } = windowStatement(schema, query);
  const [row] = await database.transaction(async (session) => {
    await session.query(WINDOW_SETTINGS);
    return await session.query<{ "QUERY PLAN": string }>(
      `EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`,
      values,
    );
  });
  const flat = (step: Step): Step[] => [step, ...(step.Plans ?? []).flatMap(flat)];
  const [{ Plan: root }] = JSON.parse(row!["QUERY PLAN"]) as [{ Plan: Step }];
  return flat(root);
}

const imports: Record<string, (url: string, all: ImportRecord[]) => Promise<void>> = {
  "an import": (url, all) => importInto(url, [all]),
  "an import with existing=skip": (url, all) => importInto(url, [all], { existing: "skip" }),
  "an import beside others": (url, all) => importInto(url, [all.slice(0, 3), all.slice(3)]),
  "an import with force": (url, all) => importInto(url, [records(7), all], { force: true }),
};

async function importInto(
  url: string,
  files: ImportRecord[][],
  mode: ImportMode = {},
): Promise<void> {
  await using store = await openPostgres(url);
  await create(store, NS);
  for (const file of files) await importAll(store, file, mode);
}

for (const [name, run] of Object.entries(imports)) {
  Deno.test(`findWindow() looks at a small part of the table after ${name}`, async () => {
    const url = await postgres.createDatabase();
    await run(url, events(20_000));
    await using database = await Database.open(url);
    const [table] = await database.query<{ pages: string }>(
      `SELECT pg_relation_size('${schema}.messages') / 8192 AS pages`,
    );
    const steps = await stepsOf(database, window(10_000, 10_200));
    assert(steps.some((step) => step["Index Name"] === "messages_time"), JSON.stringify(steps));
    const heap = steps.find((step) => step["Node Type"] === "Bitmap Heap Scan");
    const read = (heap?.["Exact Heap Blocks"] ?? 0) + (heap?.["Lossy Heap Blocks"] ?? 0);
    assertLess(0, read);
    assertLess(read, Number(table!.pages) / 3);
    const { runs } = (await findWindow(database, schema, window(10_000, 10_200)))!;
    assertEquals(runs, [{ from: 10_001, to: 10_200 }]);
  });
}

Deno.test("findWindow() goes by the index also where nothing is known of the table", async () => {
  const url = await postgres.createDatabase();
  await using store = await openPostgres(url);
  await create(store, NS);
  for (let i = 0; i < 20; i++) await store.write(NS, "a-1", newMessage());
  await using database = await Database.open(url);
  const queries = [window(0, 1), { ...window(0, 1), categories: ["a"], from: 3, to: 9 }];
  for (const query of queries) {
    const steps = await stepsOf(database, query);
    assert(steps.some((step) => step["Index Name"] === "messages_time"), JSON.stringify(steps));
    assert(!steps.some((step) => /Parallel|Gather/.test(step["Node Type"])));
  }
});

Deno.test("findWindow() leaves out the largest gaps, and no message", async () => {
  const url = await postgres.createDatabase();
  await using store = await openPostgres(url);
  await create(store, NS);
  const count = 3 * timeRunsMax;
  let globalPosition = 0;
  const all = Array.from({ length: count }, (_, index) =>
    record({
      globalPosition: globalPosition += 5_000 + (index * 7_919) % 10_007,
      time: timeAt(index),
    }));
  await importAll(store, all);
  await using database = await Database.open(url);
  const { runs, begun } = (await findWindow(database, schema, window(10, count - 10)))!;
  assertEquals(begun?.highest, globalPosition);
  assertEquals(runs.length, timeRunsMax);
  const within = all.slice(10, count - 10).map(({ globalPosition }) => globalPosition);
  for (const position of within) {
    assertEquals(runs.filter(({ from, to }) => from <= position && position <= to).length, 1);
  }
  const gaps = runs.slice(1).map(({ from }, index) => from - runs[index]!.to);
  const inside = within.slice(1).map((position, index) => position - within[index]!);
  const smallestLeftOut = Math.min(...gaps);
  const larger = inside.filter((gap) => gap > smallestLeftOut).length;
  assertLessOrEqual(larger, gaps.length);
  assertEquals(await globalPositions(store, window(10, count - 10)), within);
});

Deno.test("findWindow() takes a window of very many messages for all there is", async () => {
  const url = await postgres.createDatabase();
  await using store = await openPostgres(url);
  await create(store, NS);
  await importAll(store, events(30));
  await using database = await Database.open(url);
  const query = { ...window(5, 25), to: 28 };
  assertEquals((await findWindow(database, schema, query, 19))?.runs, [{ from: 0, to: 28 }]);
  assertEquals((await findWindow(database, schema, query, 20))?.runs, [{ from: 6, to: 25 }]);
});

Deno.test("findWindow() finds nothing where nothing is", async () => {
  const url = await postgres.createDatabase();
  await using store = await openPostgres(url);
  await create(store, NS);
  await using database = await Database.open(url);
  assertEquals((await findWindow(database, schema, window(0, 9)))?.runs, []);
  await importAll(store, events(100));
  assertEquals((await findWindow(database, schema, window(200, 300)))?.runs, []);
  assertEquals((await findWindow(database, schema, { ...window(5, 9), from: 50 }))?.runs, []);
  assertEquals((await findWindow(database, schema, { ...window(5, 9), categories: [] }))?.runs, []);
  assertEquals(await findWindow(database, schema, { from: 0, limit: 1 }), undefined);
});
