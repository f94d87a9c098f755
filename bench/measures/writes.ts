/**
 * `stream.write` with 32 connections, every write durable before its response, beside a server
 * that does nothing and beside a loop of one transaction a write.
 *
 * @module
 */

import {
  type Bench,
  byTurns,
  type Figure,
  type Measure,
  type Result,
  type Sample,
  withFolder,
} from "../bench.ts";
import { type LoadResult, sendLoad } from "../load.ts";
import { startPostgres } from "../postgres.ts";
import type { Database } from "../transfers.ts";
import { runProgram, type ServerProcess, startRaw, startServer } from "../processes.ts";

const connections = 32;

/** A message of usual size, to a thousand streams in turn. */
const bodies: readonly string[] = Array.from(
  { length: 1_000 },
  (_, n) =>
    JSON.stringify(["stream.write", `account-${n}`, {
      type: "Deposited",
      data: { amount: 1, note: "x".repeat(120) },
      metadata: n % 3 === 0 ? { correlationStreamName: `workflow-${n}` } : undefined,
    }]),
);

/** Writes. */
export const writes: Measure = {
  name: "write",
  title: `stream.write, durable, ${connections} connections`,
  async run(bench) {
    const p99: number[] = [];
    const cpu: number[] = [];
    const sample = async (server: Pick<ServerProcess, "url" | "token">): Promise<Sample> => {
      const result = await sendLoad({ ...server, connections, seconds: bench.loadSeconds, bodies });
      cpu.push(result.cpu);
      return { value: rateOf(result) };
    };
    const ours = (database: () => Promise<Database>) => async () => {
      await using server = await startServer(await database());
      const { url, token } = server;
      const load = { url, token, connections, seconds: bench.loadSeconds, bodies };
      const result = await sendLoad(load);
      p99.push(result.p99);
      return { value: rateOf(result), peakMiB: { server: server.peakMiB() } };
    };
    await using cluster = await startPostgres(bench);
    const { sqlite, postgres, kv, empty, loop } = await byTurns(bench.runs, {
      sqlite: () =>
        withFolder(bench, (folder) => ours(() => Promise.resolve({ dataDir: folder }))()),
      postgres: ours(async () => ({ dbUrl: await cluster.createDatabase() })),
      kv: () =>
        withFolder(
          bench,
          (folder) => ours(() => Promise.resolve({ dbUrl: `kv://${folder}/bench.kv` }))(),
        ),
      empty: async () => {
        await using server = await startRaw("raw/empty_server.ts");
        return await sample(server);
      },
      loop: () => writeInLoop(bench),
    });
    const busy = Math.round(Math.max(...cpu) * 100);
    const figure = (what: string, result: Result): Figure => ({
      what,
      unit: "requests/s",
      ours: result.value,
      oursRuns: result.runs,
      beside: { what: "empty handler", value: empty.value, runs: empty.runs },
      ratio: result.value / empty.value,
      peakMiB: result.peakMiB,
    });
    const least = Math.min(0.5 * empty.value, 5 * loop.value);
    const text = `≥ ${Math.round(least).toLocaleString("en-US")}`;
    return [
      {
        ...figure("stream.write, SQLite", sqlite),
        target: { text, met: sqlite.value >= least },
        note: `a loop of one transaction a write does ${Math.round(loop.value)}/s; ` +
          `the target is the lesser of half the empty handler and 5 × that. The load took up to ` +
          `${busy} % of a core at the empty handler`,
      },
      figure("stream.write, Postgres", postgres),
      figure("stream.write, Deno KV", kv),
    ];
  },
};

async function writeInLoop(bench: Bench): Promise<Sample> {
  return await withFolder(bench, async (folder) => {
    const { result } = await runProgram<{ writes: number; ms: number }>(
      "raw/sqlite_writes.ts",
      { file: `${folder}/plain.db`, seconds: bench.loadSeconds },
    );
    return { value: result.writes / result.ms * 1_000 };
  });
}

function rateOf({ requests, ms }: LoadResult): number {
  return requests / ms * 1_000;
}
