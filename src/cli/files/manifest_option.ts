/**
 * `--manifest` and `--no-manifest`.
 *
 * @module
 */

import type { Arguments } from "../arguments.ts";
import type { FoundManifest } from "./manifest_file.ts";
import { CommandError, UsageError } from "../problems.ts";
import { manifestPathOf } from "./manifest_path.ts";

/**
 * Refuses both options at once.
 *
 * @throws {UsageError} Both were.
 */
export function checkManifestOptions(args: Arguments): void {
  if (!args.flag("no-manifest") || args.text("manifest") === undefined) return;
  throw new UsageError(
    "--manifest and --no-manifest contradict each other",
    "Use only one of them",
  );
}

/**
 * Reads the manifest of a file.
 *
 * @param path The file; `undefined` for standard input, which has none beside it.
 * @returns The manifest; `undefined` where there is none, or none is wanted.
 * @throws {EventoDBError} `INVALID_MANIFEST`: it cannot be relied on.
 * @throws {CommandError} It cannot be read, or one that was named is not there.
 */
export async function findManifest(
  args: Arguments,
  path: string | undefined,
): Promise<FoundManifest | undefined> {
  if (args.flag("no-manifest")) return undefined;
  const given = args.text("manifest");
  if (given === undefined && (path === undefined || !await mayHaveManifest(path))) return undefined;
  // Loaded with what hashes, which takes an import of a small file longer than all else that it loads.
  const { readManifest, readManifestOf } = await import("./manifest_file.ts");
  if (given === undefined) return await readManifestOf(path!);
  const found = await readManifest(given);
  if (found === undefined) throw new CommandError(`Cannot read ${given}: there is no such file`);
  return found;
}

/** Whether there may be a manifest: its name is there, or the file is a link and it is beside another. */
async function mayHaveManifest(path: string): Promise<boolean> {
  const isThere = (name: string) =>
    Deno.lstat(name).then(() => true, (error) => !(error instanceof Deno.errors.NotFound));
  if (await isThere(manifestPathOf(path))) return true;
  return await Deno.lstat(path).then(({ isSymlink }) => isSymlink, () => false);
}
