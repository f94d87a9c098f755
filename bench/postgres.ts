/**
 * Postgres by itself: a throw-away cluster that writes to the disk, and `psql`.
 *
 * @module
 */

import { dirname } from "node:path";
import { schemaOf } from "../src/store/postgres/names.ts";
import { startCluster, type TestCluster } from "../tests/support/postgres.ts";
import type { Bench } from "./bench.ts";
import { type Run, runCommand, tryOutput } from "./processes.ts";

/** The table of the namespace `default`. */
export const messagesTable: string = `${schemaOf("default")}.messages`;

/**
 * Starts a cluster with the settings of a small production server.
 *
 * @param bench Names the disk that is measured.
 * @returns The cluster.
 */
export function startPostgres({ folder }: Pick<Bench, "folder">): Promise<TestCluster> {
  return startCluster({
    // Beside the folder: where root runs this, the server's user cannot go into it.
    dir: dirname(folder),
    settings: ["fsync=on", "shared_buffers=256MB", "max_wal_size=4GB"],
  });
}

/** Whether `psql` is installed. */
export async function hasPsql(): Promise<boolean> {
  return await tryOutput("psql", ["--version"]) !== undefined;
}

/**
 * Runs one command of `psql`.
 *
 * @param url The database.
 * @param command The command.
 * @returns How long it took.
 */
export function runPsql(url: string, command: string): Promise<Run> {
  return runCommand("psql", [url, "--quiet", "--no-psqlrc", "--command", command]);
}
