/**
 * `eventodb export --plan`: what an export would have, and why.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import type { Closure, ClosureReason } from "../../slice/closure/closure.ts";
import type { ExportPlan } from "../../slice/closure/plan.ts";
import type { Unmatched } from "../../slice/slice_filter.ts";
import type { Arguments } from "../arguments.ts";
import { Interruption } from "../interrupt.ts";
import { exportMaskOptions } from "../mask/mask_options.ts";
import { CommandError, UsageError } from "../problems.ts";
import { describe, hintsFor } from "../report.ts";
import { formatColumns } from "../terminal/columns.ts";
import { formatBytes, formatCount, formatEvents } from "../terminal/format.ts";
import { Progress } from "../terminal/progress.ts";
import { print, say } from "../terminal/terminal.ts";
import { checkOutputPaths, openOrigin } from "./export_origin.ts";
import { checkNamed, readSlice } from "./slice.ts";

/**
 * Counts what an export would have, and prints it unless it is for a script.
 *
 * @throws {UsageError} Masking was asked for too.
 * @throws {CommandError} The export would be empty.
 */
export async function planExport(args: Arguments): Promise<Record<string, unknown>> {
  using interruption = new Interruption();
  const { signal } = interruption;
  checkUnmasked(args);
  const slice = await readSlice(args);
  checkNamed(args, slice, "export");
  await checkOutputPaths(args);
  const quiet = args.flag("quiet");
  await using origin = await openOrigin(args, quiet, signal);
  const { exportChunks } = await import("../../transfer/export.ts");
  const { PlanCount } = await import("../../slice/closure/plan.ts");
  using count = new PlanCount();
  const found: { closure?: Closure; bound: number | null; unmatched: Unmatched } = {
    bound: null,
    unmatched: { streams: [], types: [] },
  };
  let position = 0;
  const share = () => origin.share ?? (found.bound === null ? undefined : position / found.bound);
  using progress = new Progress(
    "Counted",
    () => ({ events: count.events, position, share: share() }),
    { quiet },
  );
  try {
    const chunks = exportChunks(await origin.source(signal), {
      ...slice,
      signal,
      onUnmatched: (unmatched) => found.unmatched = unmatched,
      onBound: (bound) => found.bound = bound,
      onLinksRead: (at) => position = at,
      onProgress: (at) => position = at,
      onRelated: (closure) => found.closure = closure,
    });
    for await (const { bytes } of chunks) count.add(bytes);
  } catch (error) {
    if (!(error instanceof EventoDBError)) throw error;
    throw new CommandError(describe(error), hintsFor(error), { cause: error });
  }
  progress[Symbol.dispose]();
  const plan = count.plan(found.closure);
  if (!args.flag("json")) print(await linesOf(plan, origin.name));
  if (plan.events === 0 && !args.flag("allow-empty")) {
    const { nothingToExport } = await import("./nothing_exported.ts");
    throw await nothingToExport(slice, found, { ...origin.server, signal });
  }
  if (!quiet) {
    const { exportNotes } = await import("./export_notes.ts");
    const notes = await exportNotes(slice, found, { ...origin.server, signal });
    for (const note of notes) say(note);
  }
  return { ...plan };
}

/** Nothing leaves, so nothing is masked; what a policy drops or leaves over shows only in an export. */
function checkUnmasked(args: Arguments): void {
  const given = exportMaskOptions.find(({ name }) => args.isTyped(name));
  if (given === undefined) return;
  throw new UsageError(
    `--plan and --${given.name} contradict each other: a plan counts the events as they are`,
    `Leave out --${given.name}; eventodb mask check says what a policy does with the events`,
  );
}

async function linesOf(plan: ExportPlan, name: string): Promise<string[]> {
  const { events, streams, bytes, first, last, categories, related } = plan;
  const total = `${formatEvents(events)} of ${countOf(streams, "stream")}`;
  const lines = [
    `Would export ${total}, about ${formatBytes(bytes)}`,
    first === null ? `From ${name}` : `Global positions ${first} to ${last}, from ${name}`,
  ];
  if (categories.length > 0) {
    const rows = categories.map((each) => [
      each.category,
      formatCount(each.events),
      formatCount(each.streams),
      formatBytes(each.bytes),
    ]);
    lines.push("", ...await formatColumns([["category", "events", "streams", "bytes"], ...rows]));
  }
  if (related !== undefined) {
    // Reasons come last: they may be long, and would leave no space beside them.
    const rows = related.reasons.map((each) => [formatCount(each.streams), reasonOf(each)]);
    lines.push("", ...await formatColumns([["streams", "related because they are"], ...rows]));
  }
  return lines;
}

function reasonOf({ link, direction }: ClosureReason): string {
  if (link === null) return "named in --related-to";
  return direction === "causes" ? `linked to by ${link}` : `linking by ${link}`;
}

function countOf(count: number, unit: string): string {
  return `${formatCount(count)} ${unit}${count === 1 ? "" : "s"}`;
}
