/**
 * What it was measured on: a figure without its machine says nothing.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { version } from "../src/version.ts";
import { tryOutput } from "./processes.ts";

/** The machine and the programs. */
export interface Machine {
  /** The processor's model. */
  cpu: string;
  /** Its cores. */
  cores: number;
  /** The memory, in GiB. */
  memoryGiB: number;
  /** The file system that the files are on. */
  fileSystem: string;
  /** The operating system. */
  system: string;
  /** Version of each program that takes part; absent where it is not installed. */
  versions: Record<string, string>;
}

/**
 * Describes this machine.
 *
 * @param folder Where the files are put.
 * @returns What is known of it.
 */
export async function describeMachine(folder: string): Promise<Machine> {
  const firstLine = async (program: string, ...args: string[]) =>
    (await tryOutput(program, args))?.trim().split("\n").at(-1)?.trim();
  const cpuInfo = await Deno.readTextFile("/proc/cpuinfo").catch(() => "");
  const sqlite3 = (await firstLine("sqlite3", "--version"))?.split(" ")[0];
  const psql = (await firstLine("psql", "--version"))?.replace(/^psql \(PostgreSQL\) /, "");
  const sqlite = new DatabaseSync(":memory:").prepare("SELECT sqlite_version() AS version").get();
  return {
    cpu: /^model name\s*: (.*)$/m.exec(cpuInfo)?.[1] ?? Deno.build.arch,
    cores: navigator.hardwareConcurrency,
    memoryGiB: Math.round(Deno.systemMemoryInfo().total / 2 ** 30),
    fileSystem: await firstLine("findmnt", "-n", "-o", "FSTYPE", "-T", folder) ??
      "unknown file system",
    system: `${Deno.build.os} ${Deno.osRelease()}`,
    versions: {
      eventodb: version,
      deno: Deno.version.deno,
      "sqlite in deno": String(sqlite?.version),
      ...(sqlite3 && { "sqlite3 CLI": sqlite3 }),
      ...(psql && { psql }),
    },
  };
}
