/**
 * How long a command takes that does nothing: `eventodb version`, warm, beside Deno by itself.
 *
 * @module
 */

import { byTurns, type Measure, median } from "../bench.ts";
import { runCommand } from "../processes.ts";

/** Most that it may take, in milliseconds. */
const msMax = 60;
/** Starts in one run of several. */
const startsMax = 10;

/** Start-up. */
export const startUp: Measure = {
  name: "start-up",
  title: "eventodb version, warm",
  async run({ runs }) {
    // One run is for trying the benchmark out.
    const starts = runs > 1 ? startsMax : 1;
    const timed = (file: string, ...args: string[]) => async () => {
      const path = new URL(file, import.meta.url).pathname;
      const took: number[] = [];
      for (let n = 0; n < starts; n++) {
        const run = await runCommand(Deno.execPath(), [
          ...["run", "--quiet", "--allow-all", path],
          ...args,
        ]);
        took.push(run.ms);
      }
      return { value: median(took) };
    };
    const { version, bare } = await byTurns(runs, {
      version: timed("../../cli.ts", "version"),
      bare: timed("../raw/empty.ts"),
    });
    return [{
      what: "eventodb version",
      unit: "ms",
      ours: version.value,
      oursRuns: version.runs,
      beside: { what: "an empty program", value: bare.value, runs: bare.runs },
      ratio: version.value / bare.value,
      target: { text: `≤ ${msMax} ms`, met: version.value <= msMax },
    }];
  },
};
