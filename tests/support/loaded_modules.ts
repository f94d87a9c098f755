/**
 * Which modules a process has loaded: each that was evaluated leaves a file in a coverage folder, whether
 * it was imported at first, later, or by a worker.
 *
 * @module
 */

import { temporaryFolder } from "./temporary_folder.ts";

/** What a process has loaded. */
export interface LoadedModules {
  /** Paths of the files, and names of Node's modules that they import. */
  names: string[];
  /** How many files. */
  files: number;
  /** Bytes of their sources. */
  bytes: number;
}

/**
 * Finds what a process loads.
 *
 * @param run Runs it to its end, with variables of its environment.
 * @returns The modules.
 */
export async function loadedModules(
  run: (env: Record<string, string>) => Promise<unknown>,
): Promise<LoadedModules> {
  await using folder = await temporaryFolder();
  await run({ DENO_COVERAGE_DIR: folder.path });
  const paths = new Set<string>();
  for await (const { name } of Deno.readDir(folder.path)) {
    const { url } = JSON.parse(await Deno.readTextFile(`${folder.path}/${name}`));
    paths.add(new URL(url).pathname);
  }
  const builtIn = new Set<string>();
  let bytes = 0;
  for (const path of paths) {
    const source = await Deno.readTextFile(path);
    bytes += source.length;
    const imported = source.matchAll(
      /^(?:import|export)(?! type)\b[^;"()]*?\bfrom\s+"(node:[^"]+)"|^import\s+"(node:[^"]+)"/gm,
    );
    for (const [, from, alone] of imported) builtIn.add((from ?? alone)!);
  }
  return { names: [...paths, ...builtIn].sort(), files: paths.size, bytes };
}
