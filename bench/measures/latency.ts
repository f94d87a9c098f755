/**
 * How long `stream.get` takes on another namespace while an import runs.
 *
 * @module
 */

import { byTurns, type Figure, type Measure, percentile, withFolder } from "../bench.ts";
import { runEventodb, type ServerProcess, startServer } from "../processes.ts";
import { importFile } from "../transfers.ts";

/** Most that 99 of 100 may take, in milliseconds. */
const p99MsMax = 50;

/** Responses while an import runs. */
export const latency: Measure = {
  name: "latency",
  title: "stream.get on another namespace while an import runs, 99th percentile",
  async run(bench) {
    const { events, runs, histories } = bench;
    const input = await histories.file("worst", events);
    const counts: number[] = [];
    const { during, idle } = await byTurns(runs, {
      during: () =>
        withFolder(bench, async (folder) => {
          await using server = await startServer({ dataDir: folder });
          const other = await otherNamespace(server);
          let ended = false;
          const importing = importFile(server, input, events).finally(() => ended = true);
          const took = await readUntil(other, () => ended);
          await importing;
          counts.push(took.length);
          return { value: percentile(took, 0.99) };
        }),
      idle: () =>
        withFolder(bench, async (folder) => {
          await using server = await startServer({ dataDir: folder });
          const other = await otherNamespace(server);
          const end = performance.now() + bench.loadSeconds * 1_000;
          const took = await readUntil(other, () => performance.now() > end);
          return { value: percentile(took, 0.99) };
        }),
    });
    const figure: Figure = {
      what: "stream.get during an import, p99",
      unit: "ms",
      ours: during.value,
      oursRuns: during.runs,
      beside: { what: "without one", value: idle.value, runs: idle.runs },
      ratio: during.value / idle.value,
      target: { text: `< ${p99MsMax} ms`, met: during.value < p99MsMax },
      note: `of ${Math.min(...counts)} calls or more, one after another`,
    };
    return [figure];
  },
};

/** Makes a namespace with a stream of ten messages. */
async function otherNamespace({ url, token }: ServerProcess) {
  const { result } = await runEventodb(["ns", "create", "other", "--url", url, "--token", token]);
  const other = { url, token: String(result.token) };
  for (let n = 0; n < 10; n++) {
    await call(other, ["stream.write", "account-1", { type: "Deposited", data: { n } }]);
  }
  return other;
}

/** Calls one after another, and gives the milliseconds that each took. */
async function readUntil(
  server: { url: string; token: string },
  isOver: () => boolean,
): Promise<number[]> {
  const took: number[] = [];
  do {
    const start = performance.now();
    await call(server, ["stream.get", "account-1"]);
    took.push(performance.now() - start);
  } while (!isOver());
  return took;
}

async function call({ url, token }: { url: string; token: string }, body: unknown): Promise<void> {
  const response = await fetch(`${url}/rpc`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(text);
}
