/**
 * Which events a command line means.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import { categoryProblem } from "../../names.ts";
import type { Slice } from "../../slice/slice.ts";
import { SliceFilter } from "../../slice/slice_filter.ts";
import { categoryOf } from "../../stream_name.ts";
import type { Arguments } from "../arguments.ts";
import { UsageError } from "../problems.ts";
import { patternsOf } from "./patterns.ts";
import { readRelated } from "./related.ts";
import { readWindow } from "./window.ts";

/**
 * Reads the options that say which events are meant, the same for every command.
 *
 * @returns The slice, only with what was given; empty for everything. Its times are in UTC.
 * @throws {UsageError} A value is wrong, or two contradict each other.
 * @throws {CommandError} A file of names cannot be read.
 */
export async function readSlice(args: Arguments): Promise<Slice> {
  const slice: Slice = {
    categories: categoriesOf(args),
    streams: await patternsOf(args, "streams"),
    types: await patternsOf(args, "types"),
    excludeCategories: args.list("exclude-categories"),
    excludeStreams: await patternsOf(args, "exclude-streams"),
    excludeTypes: await patternsOf(args, "exclude-types"),
    sample: sampleOf(args),
    from: positionOf(args, "from-position"),
    to: positionOf(args, "to-position"),
    ...readWindow(args),
    ...await readRelated(args),
  };
  checkAll(args, slice);
  checkCategories(slice);
  checkPositions(slice);
  try {
    SliceFilter.of(slice);
  } catch (error) {
    if (!(error instanceof EventoDBError)) throw error;
    throw new UsageError(error.message, "Give fewer patterns, or names without *");
  }
  return Object.fromEntries(Object.entries(slice).filter(([, value]) => value !== undefined));
}

/**
 * Refuses a command line that names no events, where everything has to be asked for.
 *
 * @param slice What was read of it.
 * @param command The command's name.
 * @throws {UsageError} Nothing is named.
 */
export function checkNamed(
  args: Arguments,
  { categories = [], streams, relatedTo }: Slice,
  command: string,
): void {
  const isNamed = (streams ?? relatedTo) !== undefined || categories.length > 0;
  if (args.flag("all") || isNamed) return;
  throw new UsageError(
    `${command} needs categories or streams`,
    "Give --categories workflow,order, or --streams 'order-*', or --related-to workflow-123, or --all " +
      "for every one",
  );
}

/** Those of the list, and those that were given by themselves. */
function categoriesOf(args: Arguments): readonly string[] | undefined {
  const listed = args.list("categories");
  const single = args.list("category");
  return listed === undefined && single === undefined
    ? undefined
    : [...listed ?? [], ...single ?? []];
}

function checkAll(args: Arguments, { categories, streams, relatedTo }: Slice): void {
  if (!args.flag("all") || (categories ?? streams ?? relatedTo) === undefined) return;
  const name = relatedTo !== undefined
    ? "related-to"
    : streams !== undefined
    ? "streams"
    : args.list("categories") === undefined
    ? "category"
    : "categories";
  throw new UsageError(`--${name} and --all contradict each other`, "Use only one of them");
}

function checkCategories({ categories = [], excludeCategories = [] }: Slice): void {
  for (const name of categories) {
    const problem = categoryProblem(name);
    if (problem === null) continue;
    throw new UsageError(
      `"${name}" ${problem}`,
      `Its category is the part before the first -: --categories ${categoryOf(name) || "A,B"}`,
    );
  }
  for (const name of excludeCategories) {
    const problem = categoryProblem(name);
    if (problem === null) continue;
    throw new UsageError(
      `"${name}" ${problem}, and this would exclude nothing`,
      `For streams, use --exclude-streams ${name}`,
    );
  }
}

function checkPositions({ from, to }: Slice): void {
  if (from === undefined || to === undefined || from <= to) return;
  throw new UsageError(
    `The positions end before they begin: ${from} is above ${to}`,
    "Give a --from-position that is at most --to-position",
  );
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

function positionOf(args: Arguments, name: string): number | undefined {
  return args.integer(name, { min: 1 }, `Give a global position, such as --${name} 89`);
}
