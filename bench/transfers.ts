/**
 * Imports and exports as users run them: a command, a server, a disk.
 *
 * @module
 */

import type { Sample } from "./bench.ts";
import { runEventodb, type ServerProcess, startServer } from "./processes.ts";

/** Where a server keeps its data: a folder for SQLite, or a URL. */
export type Database = Parameters<typeof startServer>[0];

/**
 * Imports a file into the namespace `default` of a new server.
 *
 * @param input The file.
 * @param events How many events it has.
 * @param database An empty database.
 * @returns Events a second, and what command and server needed.
 */
export async function importIntoServer(
  input: string,
  events: number,
  database: Database,
): Promise<Sample> {
  await using server = await startServer(database);
  return await importFile(server, input, events);
}

/** Imports a file into a server. */
export async function importFile(
  { url, token, peakMiB }: ServerProcess,
  input: string,
  events: number,
): Promise<Sample> {
  const run = await runEventodb(["import", "--url", url, "--token", token, "--input", input]);
  if (run.result.imported !== events) {
    throw new Error(`Imported ${run.result.imported} events instead of ${events}`);
  }
  return { value: events / run.ms * 1_000, peakMiB: { cli: run.peakMiB, server: peakMiB() } };
}

/** What an export gave: events a second, and besides how many events and how long. */
export interface ExportSample extends Sample {
  events: number;
  ms: number;
  /** How much of it went into the search for masked values in what is left, in milliseconds. */
  checkMs?: number;
}

/**
 * Exports from a server to a file, which is removed again.
 *
 * @param server The server.
 * @param output The file.
 * @param selection What to export, as options of the command.
 * @returns Events a second, and what command and server needed.
 */
export async function exportFile(
  { url, token, peakMiB }: ServerProcess,
  output: string,
  selection: readonly string[] = ["--all"],
): Promise<ExportSample> {
  const run = await runEventodb([
    ...["export", "--url", url, "--token", token, "--output", output],
    ...selection,
  ]);
  await Deno.remove(output);
  const events = Number(run.result.events);
  return {
    value: events / run.ms * 1_000,
    peakMiB: { cli: run.peakMiB, server: peakMiB() },
    events,
    ms: run.ms,
    checkMs: (run.result.masking as { checkMs: number } | undefined)?.checkMs,
  };
}
