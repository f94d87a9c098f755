/**
 * `eventodb export`
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { POSITION_MAX } from "../message.ts";
import { categoryOf } from "../stream_name.ts";
import type { ExportPiece } from "../transfer/export.ts";
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { connect, connectionOptions } from "./connection.ts";
import { Interruption } from "./interrupt.ts";
import { formatEvents, formatSeconds } from "./numbers.ts";
import { openOutput } from "./output.ts";
import { CommandError, Interrupted, UsageError } from "./problems.ts";
import { Progress } from "./progress.ts";
import { describe, hintsFor } from "./report.ts";
import { jsonOption, quietOption, withResult } from "./result.ts";
import { say } from "./terminal.ts";

/** Writes events of a server to a file. */
export const exportCommand: Command = {
  name: "export",
  description:
    "Write events of a server to a file as NDJSON, in ascending global position, each with " +
    "the positions, id and time that it has. The file appears when it is complete.",
  options: [
    ...connectionOptions,
    {
      name: "categories",
      value: "A,B",
      list: true,
      help: "Categories to export: the part of a stream name before the first -",
    },
    { name: "all", help: "Export every category" },
    {
      name: "since",
      value: "TIME",
      help: "Only events at or after this time: RFC 3339, or YYYY-MM-DD for 00:00 UTC",
    },
    { name: "until", value: "TIME", help: "Only events before this time" },
    {
      name: "from-position",
      value: "N",
      help: "Only events at or above this global position",
    },
    {
      name: "to-position",
      value: "N",
      help: "Only events up to this global position, itself included",
    },
    {
      name: "output",
      value: "FILE",
      default: "standard output",
      help: "Where to write; a name that ends in .gz implies --gzip",
    },
    { name: "gzip", help: "Compress the output" },
    quietOption,
    jsonOption,
  ],
  examples: [
    {
      text: "Two categories of July",
      line: "eventodb export --url http://prod:8080 --token $PROD_TOKEN \\\n" +
        "  --categories workflow,order --since 2025-07-01 --until 2025-08-01 \\\n" +
        "  --output july.ndjson",
    },
    {
      text: "What a service has that has processed up to global position 89",
      line: "eventodb export --url http://prod:8080 --token $PROD_TOKEN \\\n" +
        "  --all --to-position 89 --output until-89.ndjson",
    },
    {
      text: "Everything, compressed",
      line: "eventodb export --url http://prod:8080 --token $PROD_TOKEN \\\n" +
        "  --all --output everything.ndjson.gz",
    },
    {
      text: "Straight from one server into another",
      line: "eventodb export --url http://prod:8080 --token $PROD_TOKEN --all |\n" +
        "  eventodb import --url http://localhost:8080 --token $LOCAL_TOKEN",
    },
  ],
  async run(args) {
    const toStdout = (args.text("output") ?? "-") === "-";
    await withResult(
      { json: args.flag("json"), stdoutIsFree: !toStdout },
      () => runExport(args),
    );
    return 0;
  },
};

/** What was asked for, checked before anything is opened or sent. */
async function readRequest(args: Arguments) {
  const categories = args.list("categories");
  if (args.flag("all") && categories !== undefined) {
    throw new UsageError("--categories and --all contradict each other", "Give one of them");
  }
  if (!args.flag("all") && (categories === undefined || categories.length === 0)) {
    throw new UsageError(
      "export needs to be told which categories",
      "Give --categories workflow,order, or --all for every one",
    );
  }
  const stream = categories?.find((category) => category.includes("-"));
  if (stream !== undefined) {
    throw new UsageError(
      `"${stream}" is no category: the name of one has no -`,
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
  const window = { since: args.text("since"), until: args.text("until") };
  try {
    return { categories, position, to, ...parseWindow(window) };
  } catch (error) {
    if (!(error instanceof EventoDBError)) throw error;
    throw new UsageError(
      error.message,
      "Give RFC 3339 times such as 2025-07-01T00:00:00Z, or dates such as 2025-07-01",
    );
  }
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
  const quiet = args.flag("quiet");
  const request = await readRequest(args);
  const { client, token } = await connect(args, { quiet });
  const { exportPieces } = await import("../transfer/export.ts");
  const { serverSource } = await import("../transfer/anywhere.ts");

  using interruption = new Interruption();
  const { signal } = interruption;
  await using output = await openOutput(path);
  const count = new ExportCount();
  using progress = new Progress("Exported", () => count, { quiet });

  async function* lines() {
    const pieces = exportPieces(await serverSource(client, token, signal), {
      ...request,
      signal,
      onBound: (bound) => count.bound = bound,
      onProgress: (position) => count.position = position,
    });
    for await (const piece of pieces) {
      count.add(piece);
      yield piece.bytes;
    }
  }
  const compress = args.flag("gzip") || path?.toLowerCase().endsWith(".gz") === true;
  try {
    const bytes = ReadableStream.from(lines());
    const compressed = compress ? (await import("../http/gzip.ts")).gzip(bytes) : bytes;
    await compressed.pipeTo(output.writable, { signal, preventClose: true });
    await output.complete();
  } catch (error) {
    const isStarted = count.events > 0 && (path === undefined || path === "-");
    throw explain(error, output.name, isStarted);
  }

  const elapsedMs = progress.elapsedMs;
  progress[Symbol.dispose]();
  if (!quiet) {
    const range = count.events === 0 ? "" : `, global positions ${count.first} to ${count.last}`;
    say(`Exported ${formatEvents(count.events)} in ${formatSeconds(elapsedMs)}${range}`);
    for (const category of request.categories ?? []) {
      if (!count.categories.has(category)) say(nothingOf(category, isWhole(request)));
    }
  }
  return {
    events: count.events,
    firstPosition: count.first,
    lastPosition: count.last,
    elapsedMs: Math.round(elapsedMs),
    output: path === "-" ? undefined : path,
  };
}

/** What has been exported so far. */
class ExportCount {
  events = 0;
  first: number | null = null;
  last: number | null = null;
  position = 0;
  bound: number | null = null;
  /** Of the categories that were asked for, those that have come. */
  categories: ReadonlySet<string> = new Set();

  add(piece: ExportPiece): void {
    this.events += piece.events;
    this.first ??= piece.first;
    this.last = piece.last;
    this.categories = piece.categories;
  }

  /** Positions have gaps, but the share of them that is behind us is the share of the work. */
  get share(): number | undefined {
    return this.bound === null ? undefined : this.position / this.bound;
  }
}

/** Whether a request has no bounds of time or position. */
function isWhole({ since, until, position, to }: Awaited<ReturnType<typeof readRequest>>): boolean {
  return [since, until, position, to].every((bound) => bound === undefined);
}

function nothingOf(category: string, isWhole: boolean): string {
  const where = isWhole ? "" : " in this window";
  return `Note: there was nothing of the category "${category}"${where}`;
}

/** Says what is left of the output. */
function explain(error: unknown, name: string, isStarted: boolean): unknown {
  const left = isStarted
    ? "What was written before it is good, but not all of it"
    : `Nothing was written to ${name}`;
  if (error instanceof Interrupted) {
    say(left);
    return error;
  }
  if (error instanceof EventoDBError) {
    return new CommandError(describe(error), [left, ...hintsFor(error)], { cause: error });
  }
  return error;
}
