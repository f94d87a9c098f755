/**
 * Export of everything from Deno KV, beside listing the same messages in one process.
 *
 * @module
 */

import { byTurns, compared, type Measure, withFolder } from "../bench.ts";
import { runProgram, startServer } from "../processes.ts";
import { exportFile, importFile } from "../transfers.ts";

/** Export from Deno KV. */
export const exportKv: Measure = {
  name: "export-kv",
  title: "Deno KV → server → HTTP → command line → file, beside lists of 1,000 in one process",
  async run(bench) {
    const { events, runs, histories } = bench;
    return await withFolder(bench, async (folder) => {
      const file = `${folder}/bench.kv`;
      await using server = await startServer({ dbUrl: `kv://${file}` });
      await importFile(server, await histories.file("production", events), events);
      const { ours, raw } = await byTurns(runs, {
        ours: () => exportFile(server, `${folder}/export.ndjson`),
        raw: async () => {
          const { result, peakMiB } = await runProgram<{ events: number; ms: number }>(
            "raw/kv_lists.ts",
            { file },
          );
          return { value: result.events / result.ms * 1_000, peakMiB: { process: peakMiB } };
        },
      });
      // The server has imported before: its peak here is not that of an export.
      delete ours.peakMiB?.server;
      const beside = { what: "lists in process", result: raw };
      return [compared("Deno KV export, production", ours, beside, {})];
    });
  },
};
