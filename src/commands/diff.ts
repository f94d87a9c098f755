/**
 * `eventodb diff`
 *
 * @module
 */

import { differenceCharsShownMax } from "./limits.ts";
import type { Diff, DiffField, EventDifference, FieldDifference } from "../slice/reports/diff.ts";
import type { Arguments } from "../cli/arguments.ts";
import type { EventInput } from "../cli/transfer/event_input.ts";
import type { Command } from "../cli/command.ts";
import { connectionOptions, jsonOption, quietOption } from "../cli/common_options.ts";
import { compared } from "../cli/compared.ts";
import { Interruption } from "../cli/interrupt.ts";
import { formatCount, formatEvents } from "../cli/terminal/format.ts";
import { UsageError } from "../cli/problems.ts";
import { sliceOptions } from "../cli/transfer/slice_options.ts";
import { Progress } from "../cli/terminal/progress.ts";
import { print, printWithSecrets } from "../cli/terminal/terminal.ts";

const ignorable: readonly DiffField[] = ["data", "meta", "time", "id"];

/** Compares two sets of events. */
export const diffCommand: Command = {
  name: "diff",
  description:
    "Show how two sets of events differ, by global position: what only A or only B has, and " +
    "what both have with other content. A and B are files, compressed or not, - for standard input, or the " +
    "address of a server, whose namespace the token names. Ends with status 0 when they are the same, 1 " +
    "when they differ, 3 when they could not be compared.",
  operands: [
    { name: "A", help: "A file, or http://… for the namespace of the token" },
    { name: "B", help: "The same for the other side" },
  ],
  options: [
    {
      name: "ignore",
      value: "FIELDS",
      list: true,
      help: "Fields whose differences do not count: data, meta, time, id",
    },
    // The addresses are arguments.
    ...connectionOptions.filter(({ name }) => name !== "url"),
    ...sliceOptions,
    quietOption,
    { ...jsonOption, help: "Print what was found as one line of JSON" },
  ],
  examples: [
    {
      text: "What a service wrote after the copy",
      line: "eventodb diff july.ndjson http://localhost:8080 --token-file local-token",
    },
    {
      text: "Two files, whatever their times",
      line: "eventodb diff july.ndjson other.ndjson --ignore time",
    },
  ],
  async run(args) {
    const json = args.flag("json");
    const quiet = args.flag("quiet");
    const ignore = ignoredOf(args);
    const [a, b] = [args.operand(0), args.operand(1)];
    if (a === "-" && b === "-") {
      throw new UsageError("Standard input cannot be both sides", "Name a file");
    }
    using interruption = new Interruption();
    const { signal } = interruption;
    const { diff } = await import("../slice/reports/diff.ts");
    const { isUrl, openEventInput } = await import("../cli/transfer/event_input.ts");
    if (isUrl(a) && isUrl(b)) {
      throw new UsageError(
        "Two servers cannot be compared at once: there is one token",
        "Export one of them to a file first",
      );
    }
    const { readSlice } = await import("../cli/transfer/slice.ts");
    const slice = await readSlice(args);
    const found = await compared(async () => {
      const options = { action: "Cannot compare", signal };
      await using left = await openEventInput(a, args, options);
      await using right = await openEventInput(b, args, options);
      const status = { events: 0, position: 0 };
      using _ = new Progress("Compared", () => status, { quiet: quiet || json });
      const sideOf = ({ name, open }: EventInput) => ({ name, open: () => open(slice) });
      return await diff(sideOf(left), sideOf(right), {
        ignore,
        signal,
        onProgress(events, position) {
          status.events = events;
          status.position = position;
        },
      });
    });
    if (json) printWithSecrets(JSON.stringify(found));
    else if (!quiet) print(linesOf(a, b, found));
    return found.same ? 0 : 1;
  },
};

function ignoredOf(args: Arguments): DiffField[] {
  const given = args.list("ignore") ?? [];
  const wrong = given.find((name) => !ignorable.includes(name as DiffField));
  if (wrong === undefined) return given as DiffField[];
  throw new UsageError(
    `--ignore must be some of ${ignorable.join(", ")}, got "${wrong}"`,
    "Separate several by commas: --ignore time,id",
  );
}

function linesOf(a: string, b: string, found: Diff): string[] {
  const { same, eventsA, eventsB, onlyA, onlyB, differing, differences } = found;
  const lines = [`A: ${a}, ${formatEvents(eventsA)}`, `B: ${b}, ${formatEvents(eventsB)}`];
  if (same) return [...lines, "They are the same"];
  lines.push(
    `Only in A: ${formatCount(onlyA)}, only in B: ${formatCount(onlyB)}, different: ` +
      formatCount(differing),
  );
  lines.push(...differences.flatMap(linesOfEvent));
  const more = onlyA + onlyB + differing - differences.length;
  if (more > 0) lines.push(`… and ${formatCount(more)} more`);
  return lines;
}

function linesOfEvent({ kind, position, stream, type, fields = [] }: EventDifference): string[] {
  const what = { only_a: "only in A", only_b: "only in B", differs: "different" }[kind];
  const head = `  ${what}, global position ${position}: ${type} of ${stream}`;
  return [head, ...fields.flatMap(linesOfField)];
}

function linesOfField({ field, a, b, paths }: FieldDifference): string[] {
  const parts = paths?.map(({ path, a, b }) => ({ name: `${field} ${path}`, a, b })) ??
    [{ name: field, a, b }];
  return parts.map(({ name, a, b }) => `    ${name}: ${shown(a)} → ${shown(b)}`);
}

function shown(text: string | null): string {
  if (text === null) return "nothing";
  return text.length <= differenceCharsShownMax
    ? text
    : `${text.slice(0, differenceCharsShownMax)}…`;
}
