/**
 * `eventodb verify`
 *
 * @module
 */

import type { Problem, Verification } from "../slice/verify.ts";
import type { Command } from "../cli/command.ts";
import { jsonOption, quietOption } from "../cli/common_options.ts";
import { compared } from "../cli/compared.ts";
import { EventFile } from "../cli/files/event_file.ts";
import { Interruption } from "../cli/interrupt.ts";
import type { FoundManifest } from "../cli/files/manifest_file.ts";
import { checkManifestOptions, findManifest } from "../cli/files/manifest_option.ts";
import { formatCount, formatEvents } from "../cli/terminal/format.ts";
import { NotComparedError } from "../cli/problems.ts";
import { Progress } from "../cli/terminal/progress.ts";
import { print, printWithSecrets } from "../cli/terminal/terminal.ts";

/** Checks a file of events. */
export const verifyCommand: Command = {
  name: "verify",
  description:
    "Check a file of events by itself, and against its manifest: every line is a record, " +
    "positions ascend, nothing is there twice, and counts and hash are those of the export. Ends with " +
    "status 0 when nothing is wrong, 1 when something is, 3 when the file cannot be read.",
  operands: [{ name: "FILE", help: "The file, compressed or not; - for standard input" }],
  options: [
    {
      name: "manifest",
      value: "FILE",
      default: "FILE.manifest.json, if it is there",
      help: "The manifest to compare with",
    },
    { name: "no-manifest", help: "Look at the file alone" },
    { name: "allow-empty", help: "Accept a file without any event and without a manifest" },
    quietOption,
    { ...jsonOption, help: "Print what was found as one line of JSON" },
  ],
  examples: [
    { text: "A file and the manifest beside it", line: "eventodb verify july.ndjson" },
    { text: "For a script", line: "eventodb verify july.ndjson.gz --json" },
  ],
  async run(args) {
    const json = args.flag("json");
    const path = args.operand(0);
    checkManifestOptions(args);
    using interruption = new Interruption();
    const { signal } = interruption;
    await using file = await compared(() =>
      EventFile.open(path, { action: "Cannot verify", signal })
    );
    const found = await compared(() => findManifest(args, file.path));
    const verification = await verifyFile(file, found, {
      quiet: args.flag("quiet") || json,
      signal,
    });
    const isNothing = verification.ok && verification.events === 0 && found === undefined;
    if (json) printWithSecrets(JSON.stringify(verification));
    if (isNothing && !args.flag("allow-empty")) throw holdsNothing(file);
    if (json) return verification.ok ? 0 : 1;
    if (!args.flag("quiet") || !verification.ok) {
      print(linesOf(file.name, found, verification));
    }
    return verification.ok ? 0 : 1;
  },
};

/** An empty file may be all that is left of one: only a manifest can say that it is whole. */
function holdsNothing({ name }: EventFile): NotComparedError {
  return new NotComparedError(`Cannot verify ${name}: it holds no record`, [
    "There is nothing that could be wrong or right. With --allow-empty, that is a success",
  ]);
}

async function verifyFile(
  file: EventFile,
  found: FoundManifest | undefined,
  { quiet, signal }: { quiet: boolean; signal: AbortSignal },
): Promise<Verification> {
  const { verify } = await import("../slice/verify.ts");
  const status = { events: 0, position: 0 };
  using _ = new Progress("Verified", () => ({ ...status, share: file.share }), { quiet });
  return await compared(() =>
    verify({
      open: () => file.lines(),
      manifest: found?.manifest,
      streams: found?.streams,
      signal,
      onProgress(events, position) {
        status.events = events;
        status.position = position;
      },
    }), file.name);
}

function linesOf(
  name: string,
  found: FoundManifest | undefined,
  { ok, events, streams, categories, first, last, gaps, counts, problems }: Verification,
): string[] {
  const range = first === null ? "" : `, global positions ${first} to ${last}`;
  const parts = `${formatCount(streams)} ${streams === 1 ? "stream" : "streams"} in ` +
    `${formatCount(categories)} ${categories === 1 ? "category" : "categories"}`;
  const lines = [
    `${name}: ${formatEvents(events)}, ${parts}${range}` +
    (gaps === 0
      ? ""
      : ` with ${formatCount(gaps)} ${gaps === 1 ? "gap" : "gaps"}, which is normal`),
    found === undefined ? "There is no manifest to compare with" : `Compared with ${found.path}`,
  ];
  if (ok) return [...lines, "Nothing is wrong"];
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  lines.push(`${formatCount(total)} ${total === 1 ? "problem" : "problems"}:`);
  lines.push(...problems.map(lineOf));
  if (total > problems.length) lines.push(`… and ${formatCount(total - problems.length)} more`);
  return lines;
}

function lineOf({ kind, message, line }: Problem): string {
  return `  ${kind}${line === undefined ? "" : `, line ${line}`}: ${message}`;
}
