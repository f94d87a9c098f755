/**
 * Which events a command line means.
 *
 * @module
 */

import { namesFileBytesMax } from "../../limits.ts";
import { splitPatterns } from "../../slice/pattern.ts";
import { type Selection, SelectionFilter } from "../../slice/selection.ts";
import type { Arguments } from "../arguments.ts";
import { fileProblem } from "../files/file_problem.ts";
import { CommandError, UsageError } from "../problems.ts";
import { EventoDBError } from "../../errors.ts";

/**
 * Reads `--streams`, `--types`, the three `--exclude-…` and `--sample`.
 *
 * @param args What was given.
 * @returns The selection, only with what was given.
 * @throws {UsageError} A list is empty, a category to be excluded is none, a sample is no share, or there are too many patterns.
 * @throws {CommandError} A file of names cannot be read.
 */
export async function readSelection(args: Arguments): Promise<Selection> {
  const selection: Selection = {
    streams: await patternsOf(args, "streams"),
    types: await patternsOf(args, "types"),
    excludeCategories: args.list("exclude-categories"),
    excludeStreams: await patternsOf(args, "exclude-streams"),
    excludeTypes: await patternsOf(args, "exclude-types"),
    sample: sampleOf(args),
  };
  const stream = selection.excludeCategories?.find((category) => category.includes("-"));
  if (stream !== undefined) {
    throw new UsageError(
      `"${stream}" is not a category, and would exclude nothing: category names have no -`,
      `For streams, use --exclude-streams ${stream}`,
    );
  }
  const given = Object.entries(selection).filter(([, value]) => value !== undefined);
  try {
    SelectionFilter.of(selection);
  } catch (error) {
    if (!(error instanceof EventoDBError)) throw error;
    throw new UsageError(error.message, "Give fewer patterns, or names without *");
  }
  return Object.fromEntries(given);
}

async function patternsOf(args: Arguments, name: string): Promise<string[] | undefined> {
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
    const { size } = await Deno.stat(path);
    if (size > namesFileBytesMax) {
      throw new CommandError(
        `Cannot use ${path} for --${name}: it has more than ${namesFileBytesMax} bytes`,
      );
    }
    const lines = (await Deno.readTextFile(path)).split(/\r?\n/);
    return lines.map((line) => line.trim()).filter((line) => line !== "");
  } catch (error) {
    throw fileProblem(`Cannot read ${path} for --${name}`, error);
  }
}

function sampleOf(args: Arguments): number | undefined {
  const text = args.text("sample");
  if (text === undefined) return undefined;
  const percent = /^(\d{1,3}(?:\.\d{1,9})?)%$/.exec(text.trim())?.[1];
  const share = Number(percent) / 100;
  if (share > 0 && share <= 1) return share;
  throw new UsageError(
    `--sample must be a share above 0% and at most 100%, got "${text}"`,
    "Give a percentage, such as --sample 5%",
  );
}
