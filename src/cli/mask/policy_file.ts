/**
 * A policy from a file.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import { policyBytesMax } from "../../limits.ts";
import type { MaskPolicy } from "../../mask/policy.ts";
import { fileProblem } from "../files/file_problem.ts";
import { CommandError } from "../problems.ts";

/**
 * Reads a policy.
 *
 * @throws {CommandError} It cannot be read, or is no policy: each problem with its line.
 */
export async function readPolicy(path: string): Promise<MaskPolicy> {
  let bytes: Uint8Array;
  try {
    const { size } = await Deno.stat(path);
    if (size > policyBytesMax) {
      throw new CommandError(`Cannot use ${path}: it is too large to be a policy`);
    }
    bytes = await Deno.readFile(path);
  } catch (error) {
    throw fileProblem(`Cannot read ${path}`, error);
  }
  const { loadPolicy } = await import("../../mask/load_policy.ts");
  try {
    return await loadPolicy(new TextDecoder("utf-8", { fatal: true }).decode(bytes), path);
  } catch (error) {
    if (error instanceof TypeError) {
      throw new CommandError(`Cannot use ${path}: it is not UTF-8 text`);
    }
    if (!(error instanceof EventoDBError)) throw error;
    const [first = "", ...more] = error.message.split("\n");
    throw new CommandError(first, more, { cause: error });
  }
}
