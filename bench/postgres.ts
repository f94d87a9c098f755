/**
 * What Postgres does with us in between, beside what it does by itself, on one throw-away cluster:
 *
 * - import, in events/s, beside `psql \copy` of the same rows into the same table, indexes in place;
 * - writes/s with some writers at once, beside one transaction a write on as many connections.
 *
 *     deno run --allow-all bench/postgres.ts [EVENTS] [ROUNDS]
 *
 * @module
 */

import { createHash } from "node:crypto";
import pg from "../src/deps/pg.ts";
import type { NewMessage } from "../src/message.ts";
import { encodeRow } from "../src/store/postgres/copy.ts";
import { schemaOf } from "../src/store/postgres/names.ts";
import { LOADED_COLUMNS } from "../src/store/postgres/schema.ts";
import { openPostgresStore } from "../src/store/postgres/store.ts";
import type { ImportMode, ImportRecord } from "../src/store/store.ts";
import { startCluster } from "../tests/support/postgres.ts";

const events = Number(Deno.args[0] ?? 300_000);
const rounds = Number(Deno.args[1] ?? 3);
const batch = 1_000;
const writeMs = 3_000;

await using cluster = await startCluster({
  settings: ["fsync=on", "shared_buffers=256MB", "max_wal_size=4GB"],
});
const url = await cluster.createDatabase();
await using store = await openPostgresStore(url);
// Made beforehand: psql has its rows ready too.
const batches: ImportRecord[][] = [];
for (let start = 0; start < events; start += batch) batches.push(records(start));
const rows = await Deno.makeTempFile();
try {
  await Deno.writeTextFile(rows, "");
  for (const records of batches) {
    await Deno.writeTextFile(rows, records.map(encodeRow).join(""), { append: true });
  }
  for (let round = 1; round <= rounds; round++) await measureImports(round);
} finally {
  await Deno.remove(rows);
}
await measureWrites();

/** A batch of a history: about 320 bytes an event, random ids, five events a stream. */
function records(start: number): ImportRecord[] {
  const streams = Math.ceil(events / 5);
  return Array.from({ length: Math.min(batch, events - start) }, (_, index) => {
    const n = start + index;
    return {
      id: randomId(n),
      stream: `account-${(n * 7_919) % streams}`,
      type: "Deposited",
      position: Math.floor(n / streams),
      globalPosition: n + 1,
      data: `{"amount":${n},"note":"${"x".repeat(120)}","quoted":"\\"x\\""}`,
      metadata: `{"correlationStreamName":"workflow-${n}"}`,
      time: "2025-07-15T10:00:00.123456789Z",
      line: n + 1,
    };
  });
}

/** Looks random to an index, and is the same each time. */
function randomId(n: number): string {
  const hex = createHash("md5").update(String(n)).digest("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

async function measureImports(round: number): Promise<void> {
  const rates: Record<string, number> = {};
  for (const id of ["psql", "ours", "beside"]) await create(id);
  rates["psql \\copy"] = await rate(() => copyWithPsql("psql"));
  rates["import, empty namespace"] = await rate(() => importAll("ours"));
  rates["import, force"] = await rate(() => importAll("ours", { force: true }));
  // Not at global position 1, which the file has too.
  await using unit = await store.beginImport("beside");
  await unit.write([{
    ...message(),
    stream: "other-1",
    position: 0,
    globalPosition: events + 1,
    time: "2025-07-15T10:00:00Z",
    line: 1,
  }]);
  await unit.commit();
  rates["import beside a message"] = await rate(() => importAll("beside"));
  rates["import, existing=skip"] = await rate(() => importAll("ours", { existing: "skip" }));
  const baseline = rates["psql \\copy"];
  console.log(`round ${round}, ${events} events`);
  for (const [name, value] of Object.entries(rates)) {
    console.log(
      `  ${name.padEnd(26)}${Math.round(value).toLocaleString("en")} events/s`,
      baseline === undefined ? "" : (value / baseline).toFixed(2),
    );
  }
  for (const id of ["psql", "ours", "beside"]) await store.deleteNamespace(id);
}

async function rate(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return events / (performance.now() - start) * 1_000;
}

async function create(id: string): Promise<void> {
  await store.createNamespace({ id, tokenHash: "", description: "", metadata: null });
}

async function copyWithPsql(id: string): Promise<void> {
  const { success } = await new Deno.Command("psql", {
    args: [url, "-qc", `\\copy ${schemaOf(id)}.messages (${LOADED_COLUMNS}) from '${rows}'`],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("psql failed");
}

async function importAll(id: string, mode?: ImportMode): Promise<void> {
  await using unit = await store.beginImport(id, mode);
  for (const records of batches) await unit.write(records);
  await unit.commit();
}

/** One connection a writer, one transaction a write: what the same function does without a queue. */
async function measureWrites(): Promise<void> {
  await create("writes");
  await using other = await openPostgresStore(url);
  for (const writers of [1, 32]) {
    await report("one server", writers, (n) => store.write("writes", streamOf(n), message()));
    await report("two servers", writers, (n) => {
      return (n % 2 === 0 ? store : other).write("writes", streamOf(n), message());
    });
    const pool = new pg.Pool({ connectionString: url, max: writers });
    const call = `SELECT * FROM ${schemaOf("writes")}.write_messages($1,$2,$3,$4,$5,$6,$7,$8)`;
    await report("one transaction a write", writers, (n) => {
      const { id, type, data, metadata } = message();
      const now = new Date().toISOString();
      return pool.query(call, [[id], [streamOf(n)], [type], [data], [metadata], [now], [null], [
        null,
      ]]);
    });
    await pool.end();
  }
}

async function report(
  name: string,
  writers: number,
  write: (n: number) => Promise<unknown>,
): Promise<void> {
  const start = performance.now();
  const took: number[] = [];
  let next = 0;
  await Promise.all(Array.from({ length: writers }, async () => {
    while (performance.now() - start < writeMs) {
      const begun = performance.now();
      await write(next++);
      took.push(performance.now() - begun);
    }
  }));
  const perSecond = Math.round(took.length / (performance.now() - start) * 1_000);
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)]?.toFixed(1);
  console.log(
    `${name}, ${writers} writers: ${perSecond.toLocaleString("en")} writes/s,`,
    `half within ${at(0.5)} ms, 99 of 100 within ${at(0.99)} ms`,
  );
}

function streamOf(n: number): string {
  return `account-${n % 1_000}`;
}

function message(): NewMessage {
  return {
    id: crypto.randomUUID(),
    type: "Deposited",
    data: `{"amount":1,"note":"${"x".repeat(120)}"}`,
    metadata: null,
  };
}
