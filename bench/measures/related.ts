/**
 * Export of one stream, and of 200 related events, beside exporting all of a namespace, on SQLite and on Postgres.
 *
 * @module
 */

import type { Message } from "../../src/message.ts";
import { formatRecord } from "../../src/record/format.ts";
import { type Bench, byTurns, type Figure, type Measure, withFolder } from "../bench.ts";
import { history } from "../generator.ts";
import { startPostgres } from "../postgres.ts";
import { type ServerProcess, startServer } from "../processes.ts";
import { exportFile, importFile } from "../transfers.ts";

/** The shares of the time of an export of everything that the others may take. */
const atMost = { stream: 0.01, related: 0.02 };
/** The targets are for a namespace of so many events; in a small one, starting a process outweighs all. */
const targetEvents = 5_000_000;

/** Events that belong together, and streams of them. */
const relatedEvents = 200;
const relatedStreams = 20;

/** Slices by stream and by links. */
export const related: Measure = {
  name: "related",
  title: "export of one stream, and of 200 related events, beside export of everything",
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
  const incident = `${bench.folder}/incident.ndjson`;
  const lines = incidentOf(events, histories.seed).map((event) => `${formatRecord(event)}\n`);
  await Deno.writeTextFile(incident, lines.join(""));
  await importFile(server, incident, lines.length);
  const output = `${bench.folder}/related.ndjson`;
  const timed = async (selection: readonly string[], expected: number) => {
    const { ms, events } = await exportFile(server, output, selection);
    if (events !== expected) throw new Error(`Exported ${events} events instead of ${expected}`);
    return { value: ms };
  };
  const takeRelated = () => timed(["--related-to", "incident-0"], lines.length);
  const first = await takeRelated();
  const results = await byTurns(runs, {
    all: () => timed(["--all"], events + lines.length),
    related: takeRelated,
    stream: () => timed(["--streams", "incident-1"], lines.length / relatedStreams),
  });
  const beside = { what: "all", value: results.all.value, runs: results.all.runs };
  const figure = (name: "related" | "stream", what: string): Figure => {
    const ratio = results[name].value / results.all.value;
    return {
      what: `${backend}, ${what}`,
      unit: "ms",
      ours: results[name].value,
      oursRuns: results[name].runs,
      beside,
      ratio,
      target: {
        text: `≤ ${atMost[name]} × at ${targetEvents.toLocaleString("en-US")} events`,
        met: events >= targetEvents ? ratio <= atMost[name] : undefined,
      },
    };
  };
  return [
    figure("stream", "one stream"),
    figure("related", `${relatedEvents} related events`),
    {
      what: `${backend}, the same when the index is built first`,
      unit: "ms",
      ours: first.value,
      oursRuns: [first.value],
      beside,
      ratio: first.value / results.all.value,
    },
  ];
}

/** Events of an incident, in gaps of the global positions all over a history. */
function incidentOf(events: number, seed: number): Message[] {
  const incident: Message[] = [];
  let last = 0;
  let made = 0;
  for (const batch of history({ shape: "production", events, seed })) {
    for (const { globalPosition } of batch) {
      const isDue = made++ >= incident.length * events / relatedEvents;
      if (isDue && globalPosition > last + 1 && incident.length < relatedEvents) {
        incident.push(incidentEvent(incident.length, globalPosition - 1));
      }
      last = globalPosition;
    }
  }
  while (incident.length < relatedEvents) incident.push(incidentEvent(incident.length, ++last));
  return incident;
}

/** Each stream links to the one before it. */
function incidentEvent(n: number, globalPosition: number): Message {
  const stream = n % relatedStreams;
  return {
    id: `incident-${n}`,
    stream: `incident-${stream}`,
    type: "Happened",
    position: Math.floor(n / relatedStreams),
    globalPosition,
    data: `{"n":${n}}`,
    metadata: stream === 0 ? null : `{"correlationStreamName":"incident-${stream - 1}"}`,
    time: "2025-07-15T10:00:00Z",
  };
}
