/**
 * Export of everything from SQLite, beside reading the same rows in one process.
 *
 * @module
 */

import { byTurns, compared, type Figure, type Measure, withFolder } from "../bench.ts";
import { shapes } from "../generator.ts";
import { runProgram, startServer } from "../processes.ts";
import { namespaceFile } from "../sqlite.ts";
import { exportFile, importFile } from "../transfers.ts";

/** Export from SQLite. */
export const exportSqlite: Measure = {
  name: "export-sqlite",
  title: "disk → server → HTTP → command line → file, beside reading pages of 1,000 in one process",
  async run(bench) {
    const { events, runs, histories } = bench;
    const figures: Figure[] = [];
    for (const shape of shapes) {
      await withFolder(bench, async (folder) => {
        await using server = await startServer({ dataDir: folder });
        await importFile(server, await histories.file(shape, events), events);
        const file = namespaceFile(folder);
        const { plain, manifest, gzip, raw } = await byTurns(runs, {
          plain: () =>
            exportFile(server, `${bench.folder}/export.ndjson`, ["--all", "--no-manifest"]),
          manifest: () => exportFile(server, `${bench.folder}/export.ndjson`),
          gzip: () => exportFile(server, `${bench.folder}/export.ndjson.gz`),
          raw: () => readPages(file),
        });
        // The server has imported before: its peak here is not that of an export.
        for (const { peakMiB } of [plain, manifest, gzip]) delete peakMiB?.server;
        const beside = { what: "pages in process", result: raw };
        figures.push(
          compared(`SQLite export, ${shape}`, plain, beside, { atLeast: 0.4 }),
          compared(`SQLite export, ${shape}, manifest`, manifest, beside, {}),
          compared(`SQLite export, ${shape}, gzip`, gzip, beside, {}),
        );
      });
    }
    return figures;
  },
};

async function readPages(file: string) {
  const { result, peakMiB } = await runProgram<{ events: number; ms: number }>(
    "raw/sqlite_pages.ts",
    { file, joined: false },
  );
  return { value: result.events / result.ms * 1_000, peakMiB: { process: peakMiB } };
}
