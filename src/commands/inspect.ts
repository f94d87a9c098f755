/**
 * `eventodb inspect`
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import type { Slice } from "../slice/slice.ts";
import type { EventsSummary, Inspection } from "../slice/reports/inspect.ts";
import { formatColumns } from "../cli/terminal/columns.ts";
import type { Command } from "../cli/command.ts";
import { connectionOptions, jsonOption, quietOption } from "../cli/common_options.ts";
import { type EventInput, selectsAll } from "../cli/transfer/event_input.ts";
import { eventsOperand, openGivenEvents } from "../cli/transfer/given_events.ts";
import { sliceOptions } from "../cli/transfer/slice_options.ts";
import { formatFacts } from "../cli/terminal/facts.ts";
import { formatBytes, formatCount, formatDuration } from "../cli/terminal/format.ts";
import { CommandError } from "../cli/problems.ts";
import { Progress } from "../cli/terminal/progress.ts";
import { describe, hintsFor } from "../cli/report.ts";
import { print, printWithSecrets, say } from "../cli/terminal/terminal.ts";

/** Shows what a file of events holds. */
export const inspectCommand: Command = {
  name: "inspect",
  description:
    "Show what a file of events or a namespace holds: categories and types with their events, streams, " +
    "sizes, times and positions; the longest gaps in time; incomplete streams; links that point " +
    "nowhere; the largest streams.",
  operands: [eventsOperand],
  options: [
    ...connectionOptions,
    ...sliceOptions,
    { name: "allow-empty", help: "Accept that there is no event" },
    quietOption,
    { ...jsonOption, help: "Print all of it as one line of JSON" },
  ],
  examples: [
    { text: "A file", line: "eventodb inspect july.ndjson" },
    {
      text: "What a namespace holds of yesterday's workflows",
      line: "eventodb inspect --url http://localhost:8080 --token-file local-token \\\n" +
        "  --categories workflow --since 24h",
    },
    { text: "For a script", line: "eventodb inspect july.ndjson.gz --json" },
  ],
  async run(args) {
    const json = args.flag("json");
    await using events = await openGivenEvents(args, "Cannot inspect");
    const { input, slice, signal } = events;
    const quiet = args.flag("quiet") || json;
    const inspection = await inspectEvents(input, slice, { quiet, signal });
    if (json) printWithSecrets(JSON.stringify(inspection));
    else print(await linesOf(input, inspection));
    if (!quiet && !selectsAll(slice)) { for (const note of await input.notes(slice)) say(note); }
    if (inspection.events === 0 && !args.flag("allow-empty")) {
      throw new CommandError(noneOf(input, slice), [
        "With --allow-empty, that is a success",
      ]);
    }
    return 0;
  },
};

function noneOf({ name, file }: EventInput, slice: Slice): string {
  if (!selectsAll(slice)) return `Nothing to inspect in ${name}: no event matches`;
  return `${name} holds no ${file === undefined ? "event" : "record"}`;
}

async function inspectEvents(
  input: EventInput,
  slice: Slice,
  { quiet, signal }: { quiet: boolean; signal: AbortSignal },
): Promise<Inspection> {
  const { inspect } = await import("../slice/reports/inspect.ts");
  const status = { events: 0, position: 0 };
  using _ = new Progress("Inspected", () => ({ ...status, share: input.share }), { quiet });
  try {
    return await inspect({
      open: () => input.open(slice),
      signal,
      onProgress(events, position) {
        status.events = events;
        status.position = position;
      },
    });
  } catch (error) {
    if (!(error instanceof EventoDBError)) throw error;
    const message = describe(error);
    const where = message.startsWith("Cannot inspect") ? "" : `Cannot inspect ${input.name}: `;
    throw new CommandError(`${where}${message}`, hintsFor(error), { cause: error });
  }
}

async function linesOf({ name, file }: EventInput, found: Inspection): Promise<string[]> {
  const { categories, types, timeGaps, largestStreams } = found;
  const lines = formatFacts({
    [file === undefined ? "namespace" : "file"]: name.replace(/^the namespace /, ""),
    "events": formatCount(found.events),
    "streams": formatCount(found.streams),
    "incomplete": countOf(found.partialStreams, "streams that begin above position 0 or have gaps"),
    "external links": countOf(found.linksOut, "links to streams that are not among them"),
    "invalid lines": countOf(found.badLines, "eventodb verify names them"),
    "positions": found.first === null ? "none" : `${found.first} to ${found.last}`,
    "times": found.since === null ? "none" : `${found.since} to ${found.until}`,
  });
  if (categories.length > 0) {
    lines.push(
      "",
      ...await formatColumns([
        ["category", "streams", "incomplete", "external links", ...summaryTitles],
        ...categories.map((each) => [
          each.category,
          formatCount(each.streams),
          formatCount(each.partialStreams),
          formatCount(each.linksOut),
          ...summaryCells(each),
        ]),
      ]),
      "",
      ...await formatColumns([
        ["type", "category", ...summaryTitles],
        ...types.map((each) => [each.type, each.category, ...summaryCells(each)]),
      ]),
    );
  }
  if (largestStreams.length > 0) {
    lines.push(
      "",
      ...await formatColumns([
        ["largest streams", "events", "positions"],
        ...largestStreams.map(({ stream, events, from, to }) => [
          stream,
          formatCount(events),
          `${from} to ${to}`,
        ]),
      ]),
    );
  }
  if (timeGaps.length > 0) {
    lines.push(
      "",
      ...await formatColumns([
        ["longest gaps", "from", "to"],
        ...timeGaps.map(({ seconds, since, until }) => [
          formatDuration(seconds * 1000),
          inSeconds(since),
          inSeconds(until),
        ]),
      ]),
    );
  }
  return lines;
}

/** How many there are of what should not be; nothing where there is none. */
function countOf(count: number, what: string): string {
  return count === 0 ? "" : `${formatCount(count)} (${what})`;
}

/** A time without what is below a second: `--json` has all of it. */
function inSeconds(time: string): string {
  return time.replace(/\.\d+Z$/, "Z");
}

const summaryTitles = ["events", "median", "99 %", "largest", "positions", "since", "until"];

function summaryCells(summary: EventsSummary): string[] {
  const { events, sizeMedian, size99, sizeLargest, first, last, since, until } = summary;
  if (events === 0) return ["0", "", "", "", "", "", ""];
  return [
    formatCount(events),
    formatBytes(sizeMedian),
    formatBytes(size99),
    formatBytes(sizeLargest),
    `${first} to ${last}`,
    since === null ? "" : inSeconds(since),
    until === null ? "" : inSeconds(until),
  ];
}
