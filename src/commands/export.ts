/**
 * `eventodb export`
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { POSITION_MAX } from "../message.ts";
import { categoryOf } from "../stream_name.ts";
import type { ManifestOrigin } from "../slice/manifest.ts";
import type { Unmatched } from "../slice/selection.ts";
import type { ExportPiece } from "../transfer/export.ts";
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
import { checkPlaces, type ExportOrigin, openOrigin } from "../cli/transfer/export_origin.ts";
import { manifestPathOf } from "../cli/files/manifest_path.ts";
import { isStandardOutput, openOutput, type Output } from "../cli/files/output.ts";
import { CommandError, Interrupted, UsageError } from "../cli/problems.ts";
import { Progress } from "../cli/terminal/progress.ts";
import { describe, hintsFor } from "../cli/report.ts";
import { withResult } from "../cli/result.ts";
import { say } from "../cli/terminal/terminal.ts";
import { agoTime } from "../cli/transfer/times.ts";

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
      text: "What a service has that has processed up to global position 89",
      line: "eventodb export --url http://prod:8080 --token-file prod-token \\\n" +
        "  --all --to-position 89 --output until-89.ndjson",
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
    await withResult(
      { json: args.flag("json"), stdoutIsFree: !isStandardOutput(args.text("output")) },
      () => runExport(args),
    );
    return 0;
  },
};

/** Those of the list, and those that were given by themselves. */
function categoriesOf(args: Arguments): readonly string[] | undefined {
  const listed = args.list("categories");
  const single = args.list("category");
  return listed === undefined && single === undefined
    ? undefined
    : [...listed ?? [], ...single ?? []];
}

/** Where the manifest goes; `undefined` for none. */
function manifestOf(args: Arguments, output: Output, path: string | undefined): string | undefined {
  if (args.flag("no-manifest")) return undefined;
  return args.text("manifest") ??
    (output.isWhole && path !== undefined ? manifestPathOf(path) : undefined);
}

/** What is wrong with the name of a manifest shows before anything is fetched. */
async function checkWritable(path: string): Promise<void> {
  const found = await Deno.stat(path).catch(() => undefined);
  // Whoever reads a pipe would take this for its end.
  if (isStandardOutput(path) || found?.isFile === false && !found.isDirectory) return;
  await using _ = await openOutput(path);
}

/** A file never stands beside the manifest of another, by none of its names. */
async function removeManifests(paths: readonly string[]): Promise<void> {
  const { removeManifest } = await import("../cli/files/manifest_file.ts");
  for (const path of new Set(paths)) await removeManifest(manifestPathOf(path));
}

/** What was asked for, checked before anything is opened or sent. */
async function readRequest(args: Arguments) {
  const categories = categoriesOf(args);
  const { readSelection } = await import("../cli/transfer/selection.ts");
  const selection = await readSelection(args);
  const { streams } = selection;
  if (args.flag("all") && streams !== undefined) {
    throw new UsageError("--streams and --all contradict each other", "Use only one of them");
  }
  if (args.flag("all") && categories !== undefined) {
    const name = args.list("categories") === undefined ? "category" : "categories";
    throw new UsageError(`--${name} and --all contradict each other`, "Use only one of them");
  }
  const isNamed = streams !== undefined || (categories !== undefined && categories.length > 0);
  if (!args.flag("all") && !isNamed) {
    throw new UsageError(
      "export needs categories or streams",
      "Give --categories workflow,order, or --streams 'order-*', or --all for every one",
    );
  }
  const stream = categories?.find((category) => category.includes("-"));
  if (stream !== undefined) {
    throw new UsageError(
      `"${stream}" is not a category: category names have no -`,
      `Its category is the part before the first -: --categories ${categoryOf(stream) || "A,B"}`,
    );
  }
  const position = positionOf(args, "from-position");
  const to = positionOf(args, "to-position");
  if (position !== undefined && to !== undefined && position > to) {
    throw new UsageError(
      `Cannot export positions that end before they begin: ${position} is above ${to}`,
      "Give a --from-position that is at most --to-position",
    );
  }
  const { parseWindow } = await import("../transfer/window.ts");
  // Both bounds are said from the same time on backwards.
  const now = Date.now();
  const given = { since: timeOf(args, "since", now), until: timeOf(args, "until", now) };
  try {
    const window = parseWindow(given, { since: "--since", until: "--until" });
    if (window.since !== undefined && window.since === window.until) throw noWindow(given);
    return { categories, ...selection, position, to, ...window };
  } catch (error) {
    if (!(error instanceof EventoDBError)) throw error;
    throw new UsageError(
      error.message,
      "Give times with a zone, such as 2025-07-01T10:00Z, dates such as 2025-07-01, or back from now: 36h",
    );
  }
}

/** A time, or one that is said from now on backwards: it is fixed here, once. */
function timeOf(args: Arguments, name: "since" | "until", now: number): string | undefined {
  const text = args.text(name);
  const time = text === undefined ? undefined : agoTime(text, now);
  if (time !== undefined && !args.flag("quiet")) say(`--${name} ${text} is ${time}`);
  return time ?? text;
}

/** `--until` is exclusive, which whoever means a day forgets. */
function noWindow({ since, until }: { since?: string; until?: string }): UsageError {
  const isDate = /^\d{4}-\d\d-\d\d$/.test(until!);
  return new UsageError(
    `No event is at or after --since ${since} and before --until ${until}`,
    isDate
      ? `For the whole day, give --until ${dayAfter(until!)}`
      : "Give an --until that is after --since",
  );
}

function dayAfter(date: string): string {
  return new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10);
}

function positionOf(args: Arguments, name: string): number | undefined {
  const text = args.text(name);
  if (text === undefined) return undefined;
  const position = /^\d+$/.test(text) ? Number(text) : NaN;
  if (position >= 1 && position <= POSITION_MAX) return position;
  throw new UsageError(
    `--${name} must be an integer from 1 to ${POSITION_MAX}, got "${text}"`,
    `Give a global position, such as --${name} 89`,
  );
}

async function runExport(args: Arguments): Promise<Record<string, unknown>> {
  const path = args.text("output");
  const compress = args.flag("gzip") || path?.toLowerCase().endsWith(".gz") === true;
  using interruption = new Interruption();
  const stream = { opened: false };
  try {
    return await exportTo(path, args, { compress, signal: interruption.signal, stream });
  } catch (error) {
    // Whoever reads must not take nothing for everything, also where it failed before it began. A wrong
    // command line is for who typed it: it writes nothing, which an import refuses as well.
    const isTold = stream.opened || error instanceof UsageError || hasReaderGone(error);
    if (isStandardOutput(path) && !isTold && !isWatched()) {
      await using output = await openOutput(path);
      await pipe(errorLine(error), output, compress).catch(() => {});
    }
    throw error;
  }
}

type Request = Awaited<ReturnType<typeof readRequest>>;

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
  const request = await readRequest(args);
  checkManifestOptions(args);
  await checkPlaces(args);
  await using origin = await openOrigin(args, quiet, signal);
  const { exportPieces } = await import("../transfer/export.ts");

  await using output = await openOutput(path, signal);
  const { Tally } = await import("../slice/tally.ts");
  const manifestPath = manifestOf(args, output, path);
  if (manifestPath !== undefined) await checkWritable(manifestPath);
  using tally = manifestPath === undefined ? undefined : new Tally();
  const count = new ExportCount(origin);
  using progress = new Progress("Exported", () => count, { quiet });
  let failure: { error: unknown } | undefined;

  async function* lines() {
    try {
      const pieces = exportPieces(await origin.source(signal), {
        ...request,
        tally,
        signal,
        onUnmatched: (unmatched) => count.unmatched = unmatched,
        onBound: (bound) => count.bound = bound,
        onProgress: (position) => count.position = position,
      });
      for await (const piece of pieces) {
        count.add(piece);
        tally?.addBytes(piece.bytes);
        yield piece.bytes;
      }
      if (count.events === 0 && !args.flag("allow-empty")) {
        const { nothingToExport } = await import("../cli/transfer/nothing_exported.ts");
        throw await nothingToExport(request, count, { ...origin.server, signal });
      }
    } catch (error) {
      failure = { error };
      // A file that is not complete has no name; everything else must not look complete.
      if (output.isWhole || hasReaderGone(error)) throw error;
      if (!(isStandardOutput(path) && isWatched())) yield* errorLine(error);
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
    await writeManifest(manifestPath, tally!, originOf(origin, request, count.bound))
      .catch((error) => {
        throw withoutManifest(error, output);
      });
  }

  const elapsedMs = progress.elapsedMs;
  progress[Symbol.dispose]();
  const missing = request.categories?.filter((name) => !count.categories.has(name)) ?? [];
  if (!quiet) {
    const range = count.events === 0 ? "" : `, global positions ${count.first} to ${count.last}`;
    const done = `Exported ${formatEvents(count.events)} in ${formatSeconds(elapsedMs)}${range}`;
    say(`${done}, from ${origin.name}`);
    const { to } = request;
    if (to !== undefined && count.bound !== null && count.bound < to) {
      say(`Note: the highest global position there is ${count.bound}, below --to-position ${to}`);
    }
    if (missing.length > 0) {
      const { whyMissing } = await import("../cli/transfer/nothing_exported.ts");
      const notes = await whyMissing(missing, request, { ...origin.server, signal });
      say(notes.map((note) => note.replace(/^No event/, "Note: no event")));
    }
    const { whyUnmatched } = await import("../cli/transfer/nothing_exported.ts");
    for (const note of await whyUnmatched(count.unmatched, { ...origin.server, signal })) {
      say(note.replace(/^No event/, "Note: no event"));
    }
    if (origin.server !== undefined) {
      const { positionNotes } = await import("../cli/transfer/position_notes.ts");
      const { client } = origin.server;
      for (const note of await positionNotes(client, request.categories ?? [], signal)) say(note);
    }
  }
  return {
    events: count.events,
    firstPosition: count.first,
    lastPosition: count.last,
    elapsedMs: Math.round(elapsedMs),
    output: isStandardOutput(path) ? undefined : path,
    missing: missing.length === 0 ? undefined : missing,
  };
}

/** Where the events came from, for the manifest. */
function originOf(
  { manifest: source, server }: ExportOrigin,
  { categories, since, until, position, to, ...selection }: Request,
  upTo: number | null,
): ManifestOrigin {
  return {
    source,
    selection: {
      ...categories === undefined && selection.streams === undefined
        ? { all: true }
        : { categories },
      ...selection,
      since,
      until,
      from: position,
      to,
    },
    upTo,
    // By stream or entity, streams come whole; by type or time, they may end early.
    endsWithStreams: server !== undefined && upTo !== null &&
      [since, until, selection.types, selection.excludeTypes]
        .every((each) => each === undefined),
  };
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
  /** Of the categories that were asked for, those that have come. */
  categories: ReadonlySet<string> = new Set();

  constructor(origin: ExportOrigin) {
    this.#origin = origin;
  }

  add(piece: ExportPiece): void {
    this.events += piece.events;
    this.first ??= piece.first;
    this.last = piece.last;
    this.categories = piece.categories;
  }

  /** Positions have gaps, but the share of them that is behind us is the share of the work. */
  get share(): number | undefined {
    return this.#origin.share ?? (this.bound === null ? undefined : this.position / this.bound);
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
