/**
 * Export of a hundredth of a namespace, beside exporting all of it: by time, by position, and of one
 * small category, on SQLite and on Postgres.
 *
 * @module
 */

import { EventoDBClient } from "../../src/client/client.ts";
import {
  type Bench,
  byTurns,
  type Figure,
  type Measure,
  type Sample,
  withFolder,
} from "../bench.ts";
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
    await using cluster = await startPostgres();
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
    byPosition: () => lastHundredth(server),
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

/** The command line has no option for positions: this asks the server itself, as the command does. */
async function lastHundredth({ url, token }: ServerProcess): Promise<Sample> {
  const client = new EventoDBClient({ url, token });
  const { globalPosition } = await client.namespaceInfo("default");
  const from = Math.floor((globalPosition ?? 0) * 0.99) + 1;
  const { features } = await client.version();
  const start = performance.now();
  if (features.includes("export")) {
    const headers = { Authorization: `Bearer ${token}` };
    const response = await fetch(`${url}/export?position=${from}`, { headers });
    await response.body?.pipeTo(new WritableStream());
    if (!response.ok) throw new Error(`GET /export answered with status ${response.status}`);
  } else {
    for (let position = from;;) {
      const page = await client.categoryGet("", { position });
      const last = page.at(-1);
      if (last === undefined) break;
      position = last.globalPosition + 1;
    }
  }
  return { value: performance.now() - start };
}
