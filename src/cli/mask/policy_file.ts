/**
 * A policy from a file.
 *
 * @module
 */

import { isUtf8 } from "node:buffer";
import { EventoDBError } from "../../errors.ts";
import { policyBytesMax } from "../../limits.ts";
import { policyLinesNamedMax } from "../limits.ts";
import type { MaskPolicy } from "../../mask/policy/policy.ts";
import { fileProblem } from "../files/file_problem.ts";
import { readAtMost } from "../files/read_at_most.ts";
import { CommandError } from "../problems.ts";

/**
 * Reads a policy.
 *
 * @throws {CommandError} It cannot be read, or is not a policy: each problem with its line.
 */
export async function readPolicy(path: string): Promise<MaskPolicy> {
  let bytes: Uint8Array | undefined;
  try {
    using file = await Deno.open(path);
    bytes = await readAtMost(file, policyBytesMax);
  } catch (error) {
    throw fileProblem(`Cannot read ${path}`, error);
  }
  if (bytes === undefined) {
    const most = policyBytesMax.toLocaleString("en-US");
    throw new CommandError(`Cannot use ${path}: a policy has at most ${most} bytes`);
  }
  if (!isUtf8(bytes)) throw notUtf8(path, bytes);
  const { loadPolicy } = await import("../../mask/policy/load_policy.ts");
  try {
    // With its mark, so that its hash is that of the file.
    return await loadPolicy(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes), path);
  } catch (error) {
    if (!(error instanceof EventoDBError)) throw error;
    const [first = "", ...more] = joinedProblems(error.message.split("\n"));
    throw new CommandError(first, more, { cause: error });
  }
}

/** Names the first line that is not UTF-8. */
function notUtf8(path: string, bytes: Uint8Array): CommandError {
  let line = 1;
  for (let start = 0, end = 0; start < bytes.length; start = end, line++) {
    end = bytes.indexOf(0x0a, start) + 1 || bytes.length;
    if (!isUtf8(bytes.subarray(start, end))) break;
  }
  return new CommandError(`${path}:${line}: the text is not UTF-8`, [
    "Save the policy as UTF-8",
  ]);
}

/** `FILE:LINE:COLUMN: PROBLEM` of each line → one text for lines with the same problem: a draft has many. */
function joinedProblems(problems: readonly string[]): string[] {
  const byText = Map.groupBy(problems, (problem) => problem.replace(/:\d+:\d+:/, ":"));
  return [...byText.values()].map(([first, ...others]) => {
    if (others.length === 0) return first!;
    const lines = others.slice(0, policyLinesNamedMax).map((other) =>
      /:(\d+):\d+:/.exec(other)?.[1]
    );
    const more = others.length - lines.length;
    return `${first}. The same in ${lines.length === 1 ? "line" : "lines"} ${lines.join(", ")}${
      more === 0 ? "" : ` and ${more} more`
    }`;
  });
}
