/**
 * `eventodb export`
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import type { Closure } from "../slice/closure.ts";
import type { LinksOut } from "../slice/links_out.ts";
import type { ManifestOrigin, ManifestStream } from "../slice/manifest.ts";
import type { Slice } from "../slice/slice.ts";
import type { Tally } from "../slice/tally.ts";
import type { Unmatched } from "../slice/slice_filter.ts";
import type { ExportChunk } from "../transfer/export.ts";
import type { Arguments } from "../cli/arguments.ts";
import type { Command } from "../cli/command.ts";
import { Interruption } from "../cli/interrupt.ts";
import { formatEvents, formatSeconds } from "../cli/terminal/format.ts";
import { exportOptions } from "../cli/transfer/export_options.ts";
import {
  endSoon,
  errorLine,
  hasReaderGone,
  isWatched,
  pipe,
} from "../cli/transfer/export_stream.ts";
import { checkManifestOptions } from "../cli/files/manifest_option.ts";
import { checkOutputPaths, type ExportOrigin, openOrigin } from "../cli/transfer/export_origin.ts";
import { manifestPathOf } from "../cli/files/manifest_path.ts";
import type { Masking } from "../cli/mask/masking.ts";
import { openMasking } from "../cli/mask/open_masking.ts";
import { isStandardOutput, openOutput, type Output } from "../cli/files/output.ts";
import { CommandError, Interrupted, UsageError } from "../cli/problems.ts";
import { Progress } from "../cli/terminal/progress.ts";
import { describe, hintsFor } from "../cli/report.ts";
import { relatedNotes } from "../cli/transfer/related_notes.ts";
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

/** Where the manifest goes; `undefined` for none. */
function manifestOf(args: Arguments, output: Output, path: string | undefined): string | undefined {
  if (args.flag("no-manifest")) return undefined;
  return args.text("manifest") ??
    (output.isWhole && path !== undefined ? manifestPathOf(path) : undefined);
}

/** What is wrong with the name of a manifest shows before anything is fetched. */
async function checkWritable(path: string): Promise<void> {
  const found = await Deno.stat(path).catch(() => undefined);
  // The reader of a pipe would take this for its end.
  if (isStandardOutput(path) || found?.isFile === false && !found.isDirectory) return;
  await using _ = await openOutput(path);
}

async function newTally(): Promise<Tally> {
  const { Tally } = await import("../slice/tally.ts");
  return new Tally();
}

async function newLinksOut(declared: readonly string[] = []): Promise<LinksOut> {
  const { LinksOut } = await import("../slice/links_out.ts");
  if (declared.length === 0) return new LinksOut();
  const { parseLinkPath } = await import("../slice/parse_link_path.ts");
  return new LinksOut(declared.map(parseLinkPath));
}

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
  if (masking !== undefined && origin.masking !== undefined) throw maskedAlready(origin);
  const { exportChunks } = await import("../transfer/export.ts");

  await using output = await openOutput(path, signal);
  const manifestPath = manifestOf(args, output, path);
  if (manifestPath !== undefined) await checkWritable(manifestPath);
  using tally = manifestPath === undefined ? undefined : await newTally();
  using links = manifestPath === undefined ? undefined : await newLinksOut(slice.links);
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
        tally: masking === undefined ? tally : undefined,
        signal,
        onUnmatched: (unmatched) => count.unmatched = unmatched,
        onBound: (bound) => count.bound = bound,
        onProgress: (position) => count.position = position,
        onLinksRead(position) {
          count.position = position;
          count.links = "reading";
        },
        onRelated(closure) {
          count.closure = closure;
          if (count.links === "reading") count.links = "read";
        },
      });
      const options = { share: () => count.share, tally, signal };
      for await (const chunk of masking?.masked(exported, options) ?? exported) {
        count.add(chunk);
        tally?.addBytes(chunk.bytes);
        links?.addLines(chunk.bytes);
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
  if (manifestPath !== undefined) {
    const { writeManifest } = await import("../cli/files/manifest_file.ts");
    const { judgeWhole } = await import("../cli/transfer/whole_streams.ts");
    const manifestOrigin = originOf(origin, slice, count.bound, masking);
    const { upTo } = manifestOrigin;
    // The server knows masked streams by other names.
    const client = masking === undefined ? origin.server?.client : undefined;
    const judge = client === undefined || upTo === null
      ? undefined
      : (streams: ManifestStream[]) => judgeWhole(streams, upTo, client, signal);
    await writeManifest(manifestPath, { tally: tally!, links: links! }, manifestOrigin, judge)
      .catch((error) => {
        throw withoutManifest(error, output);
      });
  }

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
    if (missing.length > 0) {
      const { whyMissing } = await import("../cli/transfer/nothing_exported.ts");
      const notes = await whyMissing(missing, slice, { ...origin.server, signal });
      say(notes.map((note) => note.replace(/^No event/, "Note: no event")));
    }
    for (const note of relatedNotes(count.closure)) say(note);
    const { whyUnmatched } = await import("../cli/transfer/nothing_exported.ts");
    const asked = { ...origin.server, signal, hidesStreams: masking !== undefined };
    for (const note of await whyUnmatched(count.unmatched, asked)) {
      say(note.replace(/^No event/, "Note: no event"));
    }
    const { excludeNotes } = await import("../cli/transfer/exclude_notes.ts");
    for (const note of await excludeNotes(slice, count.unmatched, asked)) say(note);
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

/** Where the events came from, for the manifest. */
function originOf(
  origin: ExportOrigin,
  slice: Slice,
  upTo: number | null,
  masking: Masking | undefined,
): ManifestOrigin {
  const { manifest: source, server } = origin;
  const { types, excludeTypes, relatedTo } = slice;
  const isEverywhere = (slice.categories ?? slice.streams ?? relatedTo) === undefined;
  // What is related comes whole: a window says whose links are followed.
  const { since, until } = relatedTo === undefined || slice.windowOnly ? slice : {};
  return {
    source,
    selection: {
      ...isEverywhere ? { all: true } : {},
      ...masking === undefined ? slice : masking.selection(slice),
    },
    // A file says how far it reaches only by its manifest.
    upTo: upToOf(origin, slice) ?? upTo,
    ...origin.parent === undefined ? {} : { parent: { checksum: origin.parent.checksum } },
    // A slice of masked events is masked as they are.
    masking: masking?.manifest ?? origin.masking,
    // By stream or entity, streams come whole; by type or time, they may end early.
    // A policy that drops events may do so as well.
    endsWithStreams: server !== undefined && upTo !== null && !masking?.dropped &&
      [since, until, types, excludeTypes].every((each) => each === undefined),
  };
}

function upToOf({ parent }: ExportOrigin, { to = Infinity }: Slice): number | null {
  const upTo = parent?.upTo ?? null;
  return upTo === null ? null : Math.min(upTo, to);
}

/** What a masked export says of itself where it fails: errors may have names of streams in them. */
function failedExport(): Error {
  return new Error("The export has failed");
}

/** Twice masked, a person is two pseudonyms away, and equal under one key only by chance. */
function maskedAlready({ name }: ExportOrigin): CommandError {
  return new CommandError(`Cannot mask ${name}: its manifest says that it is masked already`, [
    "Mask the original. What was masked with the same key has the same pseudonyms",
  ]);
}

function allDropped({ dropped }: Masking): CommandError {
  return new CommandError(`The policy drops all ${formatEvents(dropped)}`, [
    "With --allow-empty, that is a success",
  ]);
}

/** What has been exported so far. */
class ExportCount {
  readonly #origin: ExportOrigin;
  events = 0;
  first: number | null = null;
  last: number | null = null;
  position = 0;
  bound: number | null = null;
  /** Patterns of streams and types that matched nothing. */
  unmatched: Unmatched = { streams: [], types: [] };
  /** What is related, where that was asked for and is known here. */
  closure: Closure | undefined;
  /** Whether all events are read for their links, which is half of the work. */
  links: "reading" | "read" | undefined;
  /** Of the categories that were asked for, those that have come. */
  categories: ReadonlySet<string> = new Set();

  constructor(origin: ExportOrigin) {
    this.#origin = origin;
  }

  add(chunk: ExportChunk): void {
    this.events += chunk.events;
    this.first ??= chunk.first;
    this.last = chunk.last;
    this.categories = chunk.categories;
  }

  /** Positions have gaps, but the share of them that is behind us is the share of the work. */
  get share(): number | undefined {
    const share = this.#origin.share ??
      (this.bound === null ? undefined : this.position / this.bound);
    if (share === undefined || this.links === undefined) return share;
    return share / 2 + (this.links === "read" ? 0.5 : 0);
  }
}

/** Says that the events are there, if not their manifest. */
function withoutManifest(error: unknown, { name }: Output): unknown {
  if (!(error instanceof CommandError)) return error;
  const left = `All events were written to ${name}, but there is no manifest of them`;
  return new CommandError(error.message, [left, ...error.hints], { cause: error.cause });
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
