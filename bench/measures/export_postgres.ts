/**
 * Export of everything from Postgres, beside `psql \copy (select …) to`.
 *
 * @module
 */

import { LOADED_COLUMNS } from "../../src/store/postgres/schema.ts";
import { besideRaw, compared, type Measure, withFolder } from "../bench.ts";
import { hasPsql, messagesTable, runPsql, startPostgres } from "../postgres.ts";
import { startServer } from "../processes.ts";
import { exportFile, importFile } from "../transfers.ts";

/** Export from Postgres. */
export const exportPostgres: Measure = {
  name: "export-postgres",
  title: "Postgres → server → HTTP → command line → file, beside psql \\copy (select …) to",
  async run(bench) {
    const { events, runs, histories } = bench;
    await using cluster = await startPostgres(bench);
    const url = await cluster.createDatabase();
    await using server = await startServer({ dbUrl: url });
    await importFile(server, await histories.file("production", events), events);
    return await withFolder(bench, async (folder) => {
      const output = `${folder}/export`;
      const copy = async () => {
        const select = `select ${LOADED_COLUMNS} from ${messagesTable} order by global_position`;
        const { ms, peakMiB } = await runPsql(url, `\\copy (${select}) to '${output}.copy'`);
        return { value: events / ms * 1_000, peakMiB: { process: peakMiB } };
      };
      const { ours, raw } = await besideRaw(
        runs,
        () => exportFile(server, `${output}.ndjson`),
        await hasPsql() ? copy : undefined,
      );
      delete ours.peakMiB?.server;
      return [
        compared("Postgres export, production", ours, {
          what: "psql \\copy to",
          result: raw,
        }, { atLeast: 0.6 }),
      ];
    });
  },
};
