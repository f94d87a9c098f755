/**
 * Import into SQLite, beside the `.import` of the `sqlite3` command line.
 *
 * @module
 */

import {
  type Bench,
  besideRaw,
  compared,
  type Figure,
  type Measure,
  type Sample,
  withFolder,
} from "../bench.ts";
import { type Shape, shapes } from "../generator.ts";
import { runCommand, tryOutput } from "../processes.ts";
import { plainTable } from "../sqlite.ts";
import { importIntoServer } from "../transfers.ts";

/** What is to be reached: ours to `.import`. */
const atLeast: Record<Shape, number> = { production: 1.2, worst: 1.5 };

/** Import into SQLite. */
export const importSqlite: Measure = {
  name: "import-sqlite",
  title: "command line → HTTP → server → disk, beside sqlite3 .import with the indexes in place",
  async run(bench) {
    const figures: Figure[] = [];
    for (const shape of shapes) figures.push(await measure(bench, shape));
    return figures;
  },
};

async function measure(bench: Bench, shape: Shape): Promise<Figure> {
  const { events, runs, histories } = bench;
  const input = await histories.file(shape, events);
  const hasSqlite3 = await tryOutput("sqlite3", ["--version"]) !== undefined;
  const rows = hasSqlite3 ? await histories.file(shape, events, "ascii") : "";
  const { ours, raw } = await besideRaw(
    runs,
    () => withFolder(bench, (folder) => importIntoServer(input, events, { dataDir: folder })),
    hasSqlite3 ? () => withFolder(bench, (folder) => importRows(folder, rows, events)) : undefined,
  );
  return compared(`SQLite import, ${shape}`, ours, {
    what: "sqlite3 .import",
    result: raw,
  }, { atLeast: atLeast[shape] });
}

async function importRows(folder: string, rows: string, events: number): Promise<Sample> {
  const { ms, peakMiB } = await runCommand("sqlite3", [
    `${folder}/plain.db`,
    plainTable,
    ".mode ascii",
    `.import ${rows} messages`,
  ]);
  return { value: events / ms * 1_000, peakMiB: { process: peakMiB } };
}
