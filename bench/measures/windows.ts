/**
 * Export of a hundredth of a namespace, beside exporting all of it: by time, by position, and of one
 * small category, on SQLite and on Postgres.
 *
 * @module
 */

import { EventoDBClient } from "../../src/client/client.ts";
import { type Bench, byTurns, type Figure, type Measure, withFolder } from "../bench.ts";
import { smallCategory, timeAfter } from "../generator.ts";
import { startPostgres } from "../postgres.ts";
import { type ServerProcess, startServer } from "../processes.ts";
import { exportFile, importFile } from "../transfers.ts";

/** The share of the time of an export of everything that a window may take. */
const atMost = 0.03;
/** The target is for a namespace of so many events; in a small one, starting a process outweighs all. */
const targetEvents = 5_000_000;

/** Windows of a namespace. */
export const windows: Measure = {
  name: "windows",
  title: "export of a hundredth, beside export of everything",
  async run(bench) {
    const figures = await withFolder(bench, async (folder) => {
      await using server = await startServer({ dataDir: folder });
      return await measure(bench, "SQLite", server);
    });
    await using cluster = await startPostgres(bench);
    await using server = await startServer({ dbUrl: await cluster.createDatabase() });
    return [...figures, ...await measure(bench, "Postgres", server)];
  },
};

async function measure(bench: Bench, backend: string, server: ServerProcess): Promise<Figure[]> {
  const { events, runs, histories } = bench;
  await importFile(server, await histories.file("production", events), events);
  const output = `${bench.folder}/window.ndjson`;
  const from = Math.floor(events / 2);
  const selections = {
    all: ["--all"],
    "by time": [
      "--all",
      ...["--since", timeAfter(from)],
      ...["--until", timeAfter(from + Math.ceil(events / 100))],
    ],
    "by position": ["--all", "--from-position", String(await positionOfLastHundredth(server))],
    "of one category": ["--categories", smallCategory],
  };
  const timed = async (selection: readonly string[]) => {
    const { ms } = await exportFile(server, output, selection);
    return { value: ms };
  };
  const { all, byTime, ofCategory, byPosition } = await byTurns(runs, {
    all: () => timed(selections.all),
    byTime: () => timed(selections["by time"]),
    ofCategory: () => timed(selections["of one category"]),
    byPosition: () => timed(selections["by position"]),
  });
  const rows = [
    ["by time", byTime],
    ["of one category", ofCategory],
    ["by position", byPosition],
  ] as const;
  return rows.map(([name, result]) => {
    const ratio = result.value / all.value;
    return {
      what: `${backend}, 1 % ${name}`,
      unit: "ms",
      ours: result.value,
      oursRuns: result.runs,
      beside: { what: "all", value: all.value, runs: all.runs },
      ratio,
      target: {
        text: `≤ ${atMost} × at ${targetEvents.toLocaleString("en-US")} events`,
        met: events >= targetEvents ? ratio <= atMost : undefined,
      },
    };
  });
}

/** Global positions have gaps, but as many everywhere. */
async function positionOfLastHundredth({ url, token }: ServerProcess): Promise<number> {
  const { globalPosition } = await new EventoDBClient({ url, token }).namespaceInfo("default");
  return Math.floor((globalPosition ?? 0) * 0.99) + 1;
}
