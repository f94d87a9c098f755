/**
 * Names and patterns of names that a command line gives, or a file that it names.
 *
 * @module
 */

import { namesFileBytesMax } from "../limits.ts";
import { splitPatterns } from "../../slice/pattern.ts";
import type { Arguments } from "../arguments.ts";
import { fileProblem } from "../files/file_problem.ts";
import { readAtMost } from "../files/read_at_most.ts";
import { CommandError, UsageError } from "../problems.ts";

/**
 * Reads the patterns of an option.
 *
 * @param name The option: lists separated by commas, in which `@FILE` stands for the lines of a file.
 * @returns The patterns; `undefined` when the option was not given.
 * @throws {UsageError} There is none.
 * @throws {CommandError} A file cannot be read.
 */
export async function patternsOf(args: Arguments, name: string): Promise<string[] | undefined> {
  const given = args.list(name);
  if (given === undefined) return undefined;
  const patterns: string[] = [];
  for (const text of given.flatMap(splitPatterns)) {
    if (!text.startsWith("@")) patterns.push(text);
    else patterns.push(...await namesIn(text.slice(1), name));
  }
  if (patterns.length > 0) return patterns;
  throw new UsageError(`--${name} names nothing`, `Give some, such as --${name} 'order-*'`);
}

async function namesIn(path: string, name: string): Promise<string[]> {
  try {
    using file = await Deno.open(path);
    const bytes = await readAtMost(file, namesFileBytesMax);
    if (bytes === undefined) {
      throw new CommandError(
        `Cannot use ${path} for --${name}: it has more than ${namesFileBytesMax} bytes`,
      );
    }
    const lines = new TextDecoder().decode(bytes).split(/\r?\n/);
    return lines.map((line) => line.trim()).filter((line) => line !== "");
  } catch (error) {
    throw fileProblem(`Cannot read ${path} for --${name}`, error);
  }
}
