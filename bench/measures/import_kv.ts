/**
 * Import into Deno KV, beside the same atomic operations by themselves.
 *
 * @module
 */

import { byTurns, compared, type Measure, withFolder } from "../bench.ts";
import { runProgram } from "../processes.ts";
import { importIntoServer } from "../transfers.ts";

/** Import into Deno KV. */
export const importKv: Measure = {
  name: "import-kv",
  title: "command line → HTTP → server → Deno KV, beside the same keys and checks from memory",
  async run(bench) {
    const { events, runs, histories } = bench;
    const input = await histories.file("production", events);
    const { ours, raw } = await byTurns(runs, {
      ours: () =>
        withFolder(
          bench,
          (folder) => importIntoServer(input, events, { dbUrl: `kv://${folder}/bench.kv` }),
        ),
      raw: () =>
        withFolder(bench, async (folder) => {
          const { result } = await runProgram<{ ms: number }>(
            "raw/kv_atomics.ts",
            { input, file: `${folder}/raw.kv` },
          );
          return { value: events / result.ms * 1_000 };
        }),
    });
    return [
      compared(
        "Deno KV import, production",
        ours,
        { what: "atomic() batches", result: raw },
        { atLeast: 0.8 },
      ),
    ];
  },
};
