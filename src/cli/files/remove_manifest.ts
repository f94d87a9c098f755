/**
 * Takes manifests away: apart from what reads and writes them, which loads what hashes.
 *
 * @module
 */

import { fileProblem } from "./file_problem.ts";
import { streamsPathOf } from "./manifest_path.ts";

/**
 * Takes away the manifest of a file that is about to be replaced: a file never stands beside the manifest
 * of another.
 *
 * @param path Where the manifest is.
 * @throws {CommandError} It cannot be taken away.
 */
export async function removeManifest(path: string): Promise<void> {
  for (const each of [path, streamsPathOf(path)]) {
    try {
      await Deno.remove(each);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) continue;
      throw fileProblem(`Cannot replace ${each}`, error);
    }
  }
}
