/**
 * Peak memory of command and server, import and export, at two sizes: it is not to grow with them.
 *
 * @module
 */

import { type Bench, type Figure, type Measure, withFolder } from "../bench.ts";
import { startServer } from "../processes.ts";
import { exportFile, importFile } from "../transfers.ts";

/** Most that a process may have, in MiB, and how much more than with a tenth of the events. */
const mibMax = 200;
const growthMax = 1.2;
/** The target is for so many events. */
const targetEvents = 5_000_000;

/** Peak memory. */
export const memory: Measure = {
  name: "memory",
  title: "peak memory of each process, beside that with a tenth of the events (SQLite)",
  async run(bench) {
    const small = await measure(bench, Math.ceil(bench.events / 10));
    const large = await measure(bench, bench.events);
    return Object.entries(large).map(([what, mib]): Figure => {
      const ratio = mib / small[what]!;
      return {
        what,
        unit: "MiB",
        ours: mib,
        beside: { what: "with a tenth", value: small[what]! },
        ratio,
        target: {
          text: `≤ ${mibMax} MiB, ≤ ${growthMax} ×`,
          met: bench.events >= targetEvents ? mib <= mibMax && ratio <= growthMax : undefined,
        },
      };
    });
  },
};

async function measure(bench: Bench, events: number): Promise<Record<string, number>> {
  const input = await bench.histories.file("production", events);
  return await withFolder(bench, async (folder) => {
    const peaks: Record<string, number> = {};
    const note = (what: string, mib: number | undefined) => {
      if (mib !== undefined) peaks[what] = mib;
    };
    {
      await using server = await startServer({ dataDir: folder });
      const { peakMiB } = await importFile(server, input, events);
      note("import: command", peakMiB?.cli);
      note("import: server", peakMiB?.server);
    }
    // Another process, so that its peak is that of the export.
    await using server = await startServer({ dataDir: folder });
    const { peakMiB } = await exportFile(server, `${bench.folder}/memory.ndjson`);
    note("export: command", peakMiB?.cli);
    note("export: server", peakMiB?.server);
    return peaks;
  });
}
