/**
 * A policy from a file.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import { policyBytesMax } from "../../limits.ts";
import { policyLinesNamedMax } from "../limits.ts";
import type { MaskPolicy } from "../../mask/policy.ts";
import { fileProblem } from "../files/file_problem.ts";
import { CommandError } from "../problems.ts";

/**
 * Reads a policy.
 *
 * @throws {CommandError} It cannot be read, or is not a policy: each problem with its line.
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
    const [first = "", ...more] = joinedProblems(error.message.split("\n"));
    throw new CommandError(first, more, { cause: error });
  }
}

/** `FILE:LINE: PROBLEM` of each line → one text for lines with the same problem: a draft has many. */
function joinedProblems(problems: readonly string[]): string[] {
  const byText = Map.groupBy(problems, (problem) => problem.replace(/:\d+:/, ":"));
  return [...byText.values()].map(([first, ...others]) => {
    if (others.length === 0) return first!;
    const lines = others.slice(0, policyLinesNamedMax).map((other) => /:(\d+):/.exec(other)?.[1]);
    const more = others.length - lines.length;
    return `${first}. The same in ${lines.length === 1 ? "line" : "lines"} ${lines.join(", ")}${
      more === 0 ? "" : ` and ${more} more`
    }`;
  });
}
