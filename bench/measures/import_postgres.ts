/**
 * Import into Postgres, beside `psql \copy` of the same rows into the same table.
 *
 * @module
 */

import { LOADED_COLUMNS } from "../../src/store/postgres/schema.ts";
import { besideRaw, compared, type Measure } from "../bench.ts";
import { hasPsql, messagesTable, runPsql, startPostgres } from "../postgres.ts";
import { startServer } from "../processes.ts";
import { importIntoServer } from "../transfers.ts";

/** Import into Postgres. */
export const importPostgres: Measure = {
  name: "import-postgres",
  title: "command line → HTTP → server → Postgres, beside psql \\copy with the indexes in place",
  async run({ events, runs, histories, folder }) {
    await using cluster = await startPostgres({ folder });
    const input = await histories.file("production", events);
    const isThere = await hasPsql();
    const rows = isThere ? await histories.file("production", events, "copy") : "";
    const copy = async () => {
      const url = await cluster.createDatabase();
      // A server makes the table.
      await (await startServer({ dbUrl: url }))[Symbol.asyncDispose]();
      const command = `\\copy ${messagesTable} (${LOADED_COLUMNS}) from '${rows}'`;
      const { ms, peakMiB } = await runPsql(url, command);
      return { value: events / ms * 1_000, peakMiB: { process: peakMiB } };
    };
    const { ours, raw } = await besideRaw(
      runs,
      async () => await importIntoServer(input, events, { dbUrl: await cluster.createDatabase() }),
      isThere ? copy : undefined,
    );
    return [
      compared("Postgres import, production", ours, {
        what: "psql \\copy",
        result: raw,
      }, { atLeast: 0.9 }),
    ];
  },
};
