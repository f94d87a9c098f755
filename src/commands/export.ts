/**
 * `eventodb export`
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import type { Arguments } from "../cli/arguments.ts";
import type { Command } from "../cli/command.ts";
import { Interruption } from "../cli/interrupt.ts";
import { formatEvents, formatSeconds } from "../cli/terminal/format.ts";
import { ExportCount } from "../cli/transfer/export_count.ts";
import { ExportManifest } from "../cli/transfer/export_manifest.ts";
import { exportOptions } from "../cli/transfer/export_options.ts";
import {
  endSoon,
  errorLine,
  hasReaderGone,
  isWatched,
  pipe,
} from "../cli/transfer/export_stream.ts";
import { checkManifestOptions } from "../cli/files/manifest_option.ts";
import { checkOutputPaths, openOrigin } from "../cli/transfer/export_origin.ts";
import { manifestPathOf } from "../cli/files/manifest_path.ts";
import type { Masking } from "../cli/mask/masking.ts";
import { refuseMasked } from "../cli/mask/masked_already.ts";
import { openMasking } from "../cli/mask/open_masking.ts";
import { isStandardOutput, openOutput, type Output } from "../cli/files/output.ts";
import { CommandError, Interrupted, UsageError } from "../cli/problems.ts";
import { Progress } from "../cli/terminal/progress.ts";
import { describe, hintsFor } from "../cli/report.ts";
import { withResult } from "../cli/result.ts";
import { say } from "../cli/terminal/terminal.ts";

/** Writes events of a server to a file. */
export const exportCommand: Command = {
  name: "export",
  description:
    "Write events of a server to a file as NDJSON, in ascending global position, with their " +
    "positions, ids and times unchanged. The file appears when it is complete.",
  options: exportOptions,
  examples: [
    {
      text: "Two categories of July",
      line: "eventodb export --url http://prod:8080 --token-file prod-token \\\n" +
        "  --categories workflow,order --since 2025-07-01 --until 2025-08-01 \\\n" +
        "  --output july.ndjson",
    },
    {
      text: "Everything up to the global position that a service has processed",
      line: "eventodb export --url http://prod:8080 --token-file prod-token \\\n" +
        "  --all --to-position 89 --output until-89.ndjson",
    },
    {
      text: "Everything linked to a workflow, but not by way of its tenant",
      line: "eventodb export --url http://prod:8080 --token-file prod-token \\\n" +
        "  --related-to workflow-123 --stop-at tenant --output workflow-123.ndjson",
    },
    {
      text: "Everything, compressed",
      line: "eventodb export --url http://prod:8080 --token-file prod-token \\\n" +
        "  --all --output everything.ndjson.gz",
    },
    {
      text: "Straight from one server into another",
      line: "set -o pipefail\n" +
        "eventodb export --url http://prod:8080 --token-file prod-token --all |\n" +
        "  eventodb import --url http://localhost:8080 --token-file local-token",
    },
  ],
  async run(args) {
    const json = args.flag("json");
    if (args.flag("plan")) {
      const { planExport } = await import("../cli/transfer/export_plan.ts");
      await withResult({ json }, () => planExport(args));
      return 0;
    }
    const stdoutIsFree = !isStandardOutput(args.text("output"));
    await withResult({ json, stdoutIsFree }, () => runExport(args));
    return 0;
  },
};

/** A file never stands beside the manifest of another, by none of its names. */
async function removeManifests(paths: readonly string[]): Promise<void> {
  const { removeManifest } = await import("../cli/files/remove_manifest.ts");
  for (const path of new Set(paths)) await removeManifest(manifestPathOf(path));
}

async function runExport(args: Arguments): Promise<Record<string, unknown>> {
  const path = args.text("output");
  const compress = args.flag("gzip") || path?.toLowerCase().endsWith(".gz") === true;
  using interruption = new Interruption();
  const stream = { opened: false };
  try {
    return await exportTo(path, args, { compress, signal: interruption.signal, stream });
  } catch (error) {
    // A reader must not take nothing for everything, also where it failed before it began. A wrong command
    // line writes nothing, which an import refuses as well.
    const isExplained = stream.opened || error instanceof UsageError || hasReaderGone(error);
    if (isStandardOutput(path) && !isExplained && !isWatched()) {
      await using output = await openOutput(path);
      const shown = args.text("mask") === undefined ? error : failedExport();
      await pipe(errorLine(shown), output, compress).catch(() => {});
    }
    throw error;
  }
}

interface Running {
  compress: boolean;
  signal: AbortSignal;
  /** Whether the output is open: from then on it ends by itself with what went wrong. */
  stream: { opened: boolean };
}

async function exportTo(
  path: string | undefined,
  args: Arguments,
  { compress, signal, stream }: Running,
): Promise<Record<string, unknown>> {
  const quiet = args.flag("quiet");
  const { checkNamed, readSlice } = await import("../cli/transfer/slice.ts");
  const slice = await readSlice(args);
  checkNamed(args, slice, "export");
  checkManifestOptions(args);
  await checkOutputPaths(args);
  await using masking = await openMasking(args);
  await using origin = await openOrigin(args, quiet, signal);
  if (masking !== undefined) refuseMasked(origin.name, origin.masking);
  const { exportChunks } = await import("../transfer/export.ts");

  await using output = await openOutput(path, signal);
  using manifest = await ExportManifest.open(args, output, slice);
  const count = new ExportCount(origin);
  const label = () =>
    masking === undefined ? "Exported" : masking.status.isChecking ? "Checked" : "Masked";
  using progress = new Progress(label, () => masking?.status ?? count, { quiet });
  let failure: { error: unknown } | undefined;

  async function* lines() {
    try {
      const exported = exportChunks(await origin.source(signal), {
        ...slice,
        // What is masked is counted after that.
        tally: masking === undefined ? manifest?.tally : undefined,
        signal,
        ...count.listeners,
      });
      const options = {
        name: origin.name,
        share: () => count.share,
        tally: manifest?.tally,
        signal,
      };
      for await (const chunk of masking?.masked(exported, options) ?? exported) {
        count.add(chunk);
        manifest?.addLines(chunk.bytes);
        yield chunk.bytes;
      }
      if (count.events === 0 && !args.flag("allow-empty")) {
        if (masking !== undefined && masking.dropped > 0) throw allDropped(masking);
        const { nothingToExport } = await import("../cli/transfer/nothing_exported.ts");
        const hidesStreams = masking !== undefined;
        throw await nothingToExport(slice, count, { ...origin.server, signal, hidesStreams });
      }
    } catch (error) {
      failure = { error };
      // A file that is not complete has no name; everything else must not look complete.
      if (output.isWhole || hasReaderGone(error)) throw error;
      if (!(isStandardOutput(path) && isWatched())) {
        yield* errorLine(masking === undefined ? error : failedExport());
      }
    }
  }
  try {
    stream.opened = true;
    const piping = pipe(lines(), output, compress, signal);
    await (output.isWhole ? piping : endSoon(piping, signal));
    if (failure !== undefined) throw failure.error;
    if (output.isWhole && path !== undefined) await removeManifests([path, output.path ?? path]);
    await output.complete();
  } catch (error) {
    const hasBegun = count.events > 0 && !output.isWhole;
    throw explain(failure?.error ?? error, output, hasBegun);
  }
  await manifest?.write({ origin, slice, bound: count.bound, masking }, output, signal);

  const elapsedMs = progress.elapsedMs;
  progress[Symbol.dispose]();
  const missing = slice.categories?.filter((name) => !count.categories.has(name)) ?? [];
  if (!quiet) {
    const range = count.events === 0 ? "" : `, global positions ${count.first} to ${count.last}`;
    const done = `${masking === undefined ? "Exported" : "Masked"} ${
      formatEvents(count.events)
    } in ${formatSeconds(elapsedMs)}${range}`;
    const destination = isStandardOutput(path) ? "" : ` to ${path}`;
    say(`${done}, from ${origin.name}${destination}`);
    const { to } = slice;
    if (to !== undefined && count.bound !== null && count.bound < to) {
      say(`Note: the highest global position there is ${count.bound}, below --to-position ${to}`);
    }
    const { exportNotes } = await import("../cli/transfer/export_notes.ts");
    const { unmatched, closure } = count;
    const asked = { ...origin.server, signal, hidesStreams: masking !== undefined };
    const notes = await exportNotes(slice, { missing, unmatched, closure }, asked);
    for (const note of notes) say(note);
    if (origin.server !== undefined) {
      const { positionNotes } = await import("../cli/transfer/position_notes.ts");
      const { client } = origin.server;
      for (const note of await positionNotes(client, slice.categories ?? [], signal)) say(note);
    }
  }
  return {
    events: count.events,
    firstPosition: count.first,
    lastPosition: count.last,
    elapsedMs: Math.round(elapsedMs),
    output: isStandardOutput(path) ? undefined : path,
    missing: missing.length === 0 ? undefined : missing,
    masking: masking?.result,
  };
}

/** What a masked export says of itself where it fails: errors may have names of streams in them. */
function failedExport(): Error {
  return new Error("The export has failed");
}

function allDropped({ dropped }: Masking): CommandError {
  return new CommandError(`The policy drops every event: ${formatEvents(dropped)}`, [
    "With --allow-empty, that is a success",
  ]);
}

/** Says what is left of the output. */
function explain(error: unknown, output: Output, hasBegun: boolean): unknown {
  const left = hasBegun
    ? "What was written before it is intact, but incomplete"
    : `Nothing was written to ${output.name}`;
  if (error instanceof Interrupted) {
    say(left);
    return error;
  }
  if (error instanceof EventoDBError) {
    return new CommandError(describe(error), [left, ...hintsFor(error)], { cause: error });
  }
  if (error instanceof CommandError && output.isWhole) {
    return new CommandError(error.message, [left, ...error.hints], { cause: error.cause });
  }
  return error;
}
