/**
 * Folders that take long to make: made once a machine, in the system's temporary folder.
 *
 * @module
 */

import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Gives a folder that outlives the run. The first to ask makes it, and the others wait.
 *
 * @param name What tells it from others: what is in it, in which version. Each user has his own.
 * @param path What is there once it is complete, within the folder.
 * @param fill Fills the empty folder.
 * @returns The whole path of `path`.
 */
export async function keptFolder(
  name: string,
  path: string,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const home = join(tmpdir(), `eventodb-test-${name}-${Deno.uid()}`);
  // Programs of other users may have to read it.
  await Deno.mkdir(home, { recursive: true, mode: 0o755 });
  if ((await Deno.stat(home)).uid !== Deno.uid()) throw new Error(`${home} is another user's`);
  const folder = join(home, "content");
  const complete = join(home, "complete");
  const wanted = join(folder, path);
  using lock = await Deno.open(join(home, "lock"), { create: true, write: true });
  await lock.lock(true);
  if (await exists(complete) && await exists(wanted)) return wanted;
  // Whatever is in the folder from here on may be a part.
  if (await exists(complete)) await Deno.remove(complete);
  if (await exists(folder)) await Deno.remove(folder, { recursive: true });
  await Deno.mkdir(folder, { mode: 0o755 });
  await fill(folder);
  await Deno.writeTextFile(complete, "");
  return wanted;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}
