/**
 * `category.get` of 1,000 messages, beside reading and joining the same rows in one process.
 *
 * @module
 */

import { byTurns, compared, type Measure, withFolder } from "../bench.ts";
import { sendLoad } from "../load.ts";
import { runProgram, startServer } from "../processes.ts";
import { namespaceFile } from "../sqlite.ts";
import { importFile } from "../transfers.ts";

const pageEvents = 1_000;
/** Enough to keep the server busy while a response is being read. */
const connections = 2;

/** Pages of a category. */
export const categoryGet: Measure = {
  name: "category-get",
  title: `category.get of ${pageEvents} messages, ${connections} connections`,
  run: (bench) =>
    withFolder(bench, async (folder) => {
      const { events, runs, histories, loadSeconds: seconds } = bench;
      await using server = await startServer({ dataDir: folder });
      await importFile(server, await histories.file("production", events), events);
      const file = namespaceFile(folder);
      const pages = Math.max(1, Math.floor(events / pageEvents));
      const bodies = Array.from(
        { length: pages },
        (_, page) => JSON.stringify(["category.get", "", { position: 1 + page * pageEvents }]),
      );
      const { ours, raw } = await byTurns(runs, {
        ours: async () => {
          const result = await sendLoad({ ...server, connections, seconds, bodies });
          const perResponse = Math.min(pageEvents, events);
          return { value: result.requests * perResponse / result.ms * 1_000 };
        },
        raw: async () => {
          const { result } = await runProgram<{ events: number; ms: number }>(
            "raw/sqlite_pages.ts",
            { file, joined: true, seconds },
          );
          return { value: result.events / result.ms * 1_000 };
        },
      });
      return [
        compared("category.get, 1,000 messages", ours, {
          what: "read and joined in process",
          result: raw,
        }, { atLeast: 0.6 }),
      ];
    }),
};
