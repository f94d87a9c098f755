/**
 * `eventodb mask check`
 *
 * @module
 */

import type { Arguments } from "../cli/arguments.ts";
import type { Command } from "../cli/command.ts";
import { connectionOptions, jsonOption, quietOption } from "../cli/common_options.ts";
import type { EventFile } from "../cli/files/event_file.ts";
import { refuseMasked } from "../cli/mask/masked_already.ts";
import { givenMaskKey } from "../cli/mask/mask_key.ts";
import { maskOptions } from "../cli/mask/mask_options.ts";
import { namedResiduals } from "../cli/mask/masking.ts";
import { readPolicy } from "../cli/mask/policy_file.ts";
import { withoutValues } from "../cli/mask/without_values.ts";
import { TimeSlice } from "../tick.ts";
import { CommandError, UsageError } from "../cli/problems.ts";
import { formatCount, formatEvents } from "../cli/terminal/format.ts";
import { Progress } from "../cli/terminal/progress.ts";
import { print, printWithSecrets } from "../cli/terminal/terminal.ts";
import { eventsOperand, type GivenEvents, openGivenEvents } from "../cli/transfer/given_events.ts";
import { sliceOptions } from "../cli/transfer/slice_options.ts";
import { maskPlacesNamedMax } from "./limits.ts";
import { type CheckedPlace, MaskCheck, type PlaceCounts } from "../mask/report/mask_check.ts";
import { KeptKeys } from "../mask/report/kept_keys.ts";
import { maskedBeforeText, type MaskReport, unusedTexts } from "../mask/report/mask_report.ts";
import { MaskRun } from "../mask/run/mask_run.ts";
import { requiredPolicy } from "./mask_apply.ts";

export const maskCheckCommand: Command = {
  name: "mask check",
  description:
    "Show what a policy would do with events: what it masks and keeps, every path that it says " +
    "nothing about, values that do not fit their rule, rules that match nothing, and masked values that also " +
    "occur elsewhere. Ends with status 0 when the events can be masked, 1 when they cannot.",
  operands: [eventsOperand],
  options: [
    ...maskOptions,
    {
      name: "preview",
      value: "N",
      help: "Show the first event of each of N types before and after, on a terminal only",
    },
    ...connectionOptions,
    ...sliceOptions,
    quietOption,
    { ...jsonOption, help: "Print all of it as one line of JSON" },
  ],
  examples: [
    { text: "A file", line: "eventodb mask check july.ndjson --policy policy.yaml" },
    {
      text: "Two events before and after",
      line: "eventodb mask check july.ndjson --policy policy.yaml --key-file mask.key \\\n" +
        "  --preview 2",
    },
  ],
  async run(args) {
    const json = args.flag("json");
    const quiet = args.flag("quiet");
    const path = requiredPolicy(args, "mask check");
    const previews = previewsOf(args);
    const policy = await readPolicy(path);
    // Nothing of it is kept, so that any key will do.
    const key = await givenMaskKey(args, "key-file", true);
    await using given = await openGivenEvents(args, "Cannot check");
    const { input, signal } = given;
    await refuseMaskedFile(input.file);
    const check = new MaskCheck();
    await using run = new MaskRun(policy, key, { observer: check.observer });
    const { Preview } = await import("../cli/mask/preview.ts");
    const preview = new Preview(policy, key, previews);
    await maskAll(given, run, check, preview, quiet || json);
    const report = await run.check(signal);
    const keys = await keptKeys(run, signal);
    if (report.events + report.dropped === 0) {
      throw new CommandError(`Nothing to check in ${input.name}: no event matches`);
    }
    const isMaskable = check.undecided.values + check.unfit.values === 0 &&
      report.residuals.every(({ isLong }) => !isLong);
    if (json) printWithSecrets(JSON.stringify(resultOf(isMaskable, check, report, keys)));
    else if (!quiet || !isMaskable) print(linesOf(input.name, path, check, report, keys));
    return isMaskable ? 0 : 1;
  },
};

/** A mask refuses it, so that its check does as well. */
async function refuseMaskedFile(file: EventFile | undefined): Promise<void> {
  if (file?.path === undefined) return;
  const { readManifestOf } = await import("../cli/files/manifest_file.ts");
  refuseMasked(file.name, (await readManifestOf(file.path))?.manifest.masking);
}

/** Values are shown on a terminal only. */
function previewsOf(args: Arguments): number {
  const previews = args.integer(
    "preview",
    { min: 1, max: 9999 },
    "Give the number of events to show, such as --preview 3",
  );
  if (previews === undefined) return 0;
  if (!Deno.stdout.isTerminal()) {
    throw new UsageError(
      "--preview shows events as they are, so it writes to a terminal only",
      "Leave it out, or do not redirect the output",
    );
  }
  return previews;
}

async function maskAll(
  { input, slice, signal }: GivenEvents,
  run: MaskRun,
  check: MaskCheck,
  preview: { add(lines: Uint8Array<ArrayBuffer>): void },
  quiet: boolean,
): Promise<void> {
  const { canonicalLines } = await import("../cli/transfer/canonical_lines.ts");
  let [position, line] = [0, 1];
  using _ = new Progress("Checked", () => ({
    events: run.counts.events,
    position,
    share: input.share,
  }), { quiet });
  try {
    for await (const { bytes, events, last } of canonicalLines(input, slice, signal)) {
      position = last;
      check.begin(bytes, line);
      line += events;
      await run.add(bytes, events);
      preview.add(bytes);
    }
  } catch (error) {
    throw withoutValues(error, `Cannot check ${input.name}`);
  }
}

async function keptKeys(run: MaskRun, signal: AbortSignal): Promise<KeptKeys> {
  const keys = new KeptKeys();
  const slice = new TimeSlice();
  for await (const { bytes, spans } of run.lines()) {
    keys.add(bytes, spans);
    if (!slice.isOver) continue;
    await slice.next();
    signal.throwIfAborted();
  }
  return keys;
}

function resultOf(
  ok: boolean,
  { kept, undecided, unfit }: MaskCheck,
  report: MaskReport,
  keys: KeptKeys,
): Record<string, unknown> {
  return {
    ok,
    ...report,
    kept: kept.places(),
    undecided: undecided.places(),
    unfit: unfit.places(),
    keptKeys: keys.places(),
  };
}

function linesOf(
  name: string,
  policy: string,
  { kept, undecided, unfit }: MaskCheck,
  report: MaskReport,
  keys: KeptKeys,
): string[] {
  const { events, dropped, masked, residuals } = report;
  const values = masked.reduce((sum, { values }) => sum + values, 0);
  const lines = [
    `${name} with ${policy}: ${formatEvents(events + dropped)}` +
    (dropped === 0 ? "" : `, of which ${formatCount(dropped)} are dropped`),
    `Masked: ${counted(values, "value")} in ${counted(masked.length, "place")}. ` +
    `Kept: ${counted(kept.values, "value")} in ${counted(kept.places().length, "place")}`,
    ...linesOfPlaces("Undecided", undecided),
    ...linesOfPlaces("Does not fit", unfit),
  ];
  if (residuals.length > 0) {
    lines.push("Left in the clear:", ...indented(namedResiduals(residuals)));
  }
  if (values === 0 && dropped === 0) {
    lines.push(`${policy} masks nothing: the output would be the same as the input`);
  }
  const before = maskedBeforeText(report);
  if (before !== undefined) lines.push(before);
  const keyPlaces = keys.places();
  if (keyPlaces.length > 0) {
    lines.push(
      "Keys that look like values, and stay; keys(…) masks them:",
      ...indented(keyPlaces.slice(0, maskPlacesNamedMax)),
    );
  }
  const unused = unusedTexts(policy, report);
  if (unused.length > 0) {
    const named = unused.slice(0, maskPlacesNamedMax)
      .map(({ place, rule }) => rule === undefined ? place : `${place}: ${rule}`);
    const more = unused.length - named.length;
    lines.push("Rules that match nothing here, and may be out of date:", ...indented(named));
    if (more > 0) lines.push(`  … and ${formatCount(more)} more`);
  }
  if (undecided.values + unfit.values === 0 && residuals.every(({ isLong }) => !isLong)) {
    lines.push("All of it can be masked");
  }
  return lines;
}

function linesOfPlaces(title: string, counts: PlaceCounts): string[] {
  if (counts.values === 0) return [];
  const places = counts.places();
  const shown = places.slice(0, maskPlacesNamedMax).map(placeText);
  const more = places.length - shown.length;
  const count = `${counted(counts.values, "value")} in ${counted(places.length, "place")}`;
  return [
    `${title}: ${counts.isCut ? "more than " : ""}${count}`,
    ...indented(shown),
    ...more > 0 ? [`  … and ${formatCount(more)} more; --json has all of them`] : [],
  ];
}

function placeText({ type, section, path, problem, values, position }: CheckedPlace): string {
  const where = type === undefined ? `streams of ${path}` : `${type} ${section} ${path}`;
  const why = problem === undefined ? "" : `: ${problem}`;
  return `${where}, ${counted(values, "value")}, first at global position ${position}${why}`;
}

function counted(count: number, one: string): string {
  return `${formatCount(count)} ${count === 1 ? one : `${one}s`}`;
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
