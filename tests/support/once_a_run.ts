/**
 * What one test file of a run makes, and the others use. The files are threads of one process: they
 * share its environment.
 *
 * @module
 */

import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Gives the value of a variable of the environment; where it has none, the first file to ask makes
 * it, and the others wait.
 *
 * @param variable The name of the variable.
 * @param make Makes the value. When it throws, the next file tries again.
 * @returns The value.
 */
export async function onceARun(variable: string, make: () => Promise<string>): Promise<string> {
  const path = join(tmpdir(), `${variable}-${Deno.uid()}.lock`);
  using lock = await Deno.open(path, { create: true, write: true });
  await lock.lock(true);
  const given = Deno.env.get(variable);
  if (given !== undefined && given !== "") return given;
  const made = await make();
  Deno.env.set(variable, made);
  return made;
}
