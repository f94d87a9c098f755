/**
 * Other versions of Deno, from the npm registry.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { keptFolder } from "./kept_folder.ts";

/** A version of Deno that can be run, and with which variables; or why it cannot. */
export type DenoVersion =
  | { path: string; env: Record<string, string> }
  | { path: null; env?: undefined; reason: string };

/**
 * Finds a version of Deno. Another one than the running has a cache of its own: a Deno empties the
 * cache that another version has left, so that by turns each would compile everything again.
 *
 * @param version Such as `2.8.0`; the running version is used as it is.
 * @returns The path of its program, and variables of the environment to run it with.
 */
export async function denoVersion(version: string): Promise<DenoVersion> {
  if (version === Deno.version.deno) return { path: Deno.execPath(), env: {} };
  try {
    const packages = await keptFolder(
      `deno-${version}`,
      join("cache", "npm"),
      (folder) => install(version, folder),
    );
    const cache = dirname(packages);
    const path = programIn(dirname(cache));
    if ((await output(path, ["--version"])).startsWith(`deno ${version} `)) {
      return { path, env: { DENO_DIR: cache } };
    }
  } catch {
    // There is no npm, or no registry.
  }
  return { path: null, reason: `Deno ${version} is unavailable from npm` };
}

async function install(version: string, folder: string): Promise<void> {
  const quietly = ["--no-audit", "--no-fund", "--prefix", folder];
  await output("npm", ["install", ...quietly, `deno@${version}`], folder);
  // Where npm runs no scripts of packages, it is unpacked at the first start.
  await output("npm", ["exec", "--prefix", folder, "--", "deno", "--version"], folder);
  // The packages of npm are the same for all versions.
  const { denoDir } = JSON.parse(await output(Deno.execPath(), ["info", "--json"], folder));
  const packages = join(denoDir, "npm");
  await Deno.mkdir(packages, { recursive: true });
  await Deno.mkdir(join(folder, "cache"));
  await Deno.symlink(packages, join(folder, "cache", "npm"), { type: "junction" });
}

function programIn(folder: string): string {
  const name = Deno.build.os === "windows" ? "deno.exe" : "deno";
  return join(folder, "node_modules", "deno", name);
}

/** What a command writes to standard output; throws when it fails. */
async function output(command: string, args: string[], cwd?: string): Promise<string> {
  const { success, stdout } = await new Deno.Command(command, { args, cwd, stderr: "null" })
    .output();
  if (!success) throw new Error(`${command} failed`);
  return new TextDecoder().decode(stdout);
}
