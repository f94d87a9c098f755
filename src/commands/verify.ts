/**
 * `eventodb verify`
 *
 * @module
 */

import type { Arguments } from "../cli/arguments.ts";
import type { Command } from "../cli/command.ts";
import { compared } from "../cli/compared.ts";
import { connect, type Connection } from "../cli/connection/connection.ts";
import { describeNamespace } from "../cli/connection/describe_namespace.ts";
import { EventFile } from "../cli/files/event_file.ts";
import { Interruption } from "../cli/interrupt.ts";
import type { FoundManifest } from "../cli/files/manifest_file.ts";
import { checkManifestOptions, findManifest } from "../cli/files/manifest_option.ts";
import { NotComparedError, UsageError } from "../cli/problems.ts";
import { Progress } from "../cli/terminal/progress.ts";
import { print, printWithSecrets } from "../cli/terminal/terminal.ts";
import { selectsAll } from "../cli/transfer/event_input.ts";
import { verifyOptions } from "../cli/transfer/verify_options.ts";
import { comparedLines, verificationLines } from "../cli/transfer/verify_report.ts";
import { unreadable } from "../slice/unreadable.ts";
import type { Slice } from "../slice/slice.ts";
import type { Verification } from "../slice/verify/verify.ts";

/** Checks a file of events, or a namespace. */
export const verifyCommand: Command = {
  name: "verify",
  description:
    "Check a file of events by itself, and against its manifest: every line is a record, " +
    "positions ascend, nothing is there twice, and counts and hash are those of the export. With --url, " +
    "every event of the file has to be in the namespace as well, and the next write has to come after it. " +
    "Without FILE, check the namespace itself. Ends with status 0 when nothing is wrong, 1 when something " +
    "is, 3 when nothing could be compared.",
  operands: [
    {
      name: "FILE",
      help: "The file, compressed or not; - for standard input",
      optional: true,
    },
  ],
  options: verifyOptions,
  examples: [
    { text: "A file and the manifest next to it", line: "eventodb verify july.ndjson" },
    {
      text: "Whether the file has everything that was asked for",
      line: "eventodb verify july.ndjson --complete --url http://prod:8080 \\\n" +
        "  --token-file prod-token",
    },
    {
      text: "A namespace by itself: its events, counts and listings",
      line: "eventodb verify --url http://localhost:8080 --token-file local-token",
    },
    { text: "For a script", line: "eventodb verify july.ndjson.gz --json" },
  ],
  async run(args) {
    const [path] = args.operands;
    checkManifestOptions(args);
    const { readSlice } = await import("../cli/transfer/slice.ts");
    const slice = await readSlice(args);
    checkUse(args, path, slice);
    using interruption = new Interruption();
    const { signal } = interruption;
    return path === undefined
      ? await runNamespace(args, signal)
      : await runFile(path, args, slice, signal);
  },
};

/** What belongs together. */
function checkUse(args: Arguments, path: string | undefined, slice: Slice): void {
  const isChosen = args.flag("all") || !selectsAll(slice);
  if (path === undefined) {
    const own = ["manifest", "no-manifest", "complete", "allow-empty"]
      .find((name) => args.isTyped(name));
    if (own === undefined && !isChosen) return;
    throw new UsageError(
      `${own === undefined ? "A selection" : `--${own}`} needs a file to verify`,
      "Name the file, or verify the whole namespace without it",
    );
  }
  if (args.flag("complete") || !isChosen) return;
  throw new UsageError(
    "A selection says what the file has to hold, which only --complete checks",
    "Add --complete and --url, or leave the selection out: a file is verified as a whole",
  );
}

async function runFile(
  path: string,
  args: Arguments,
  slice: Slice,
  signal: AbortSignal,
): Promise<number> {
  const json = args.flag("json");
  const quiet = args.flag("quiet");
  const complete = args.flag("complete");
  // An address of the environment alone is not a reason to ask a server.
  const connection = complete || args.isTyped("url") ? await connect(args, { quiet }) : undefined;
  await using file = await compared(() =>
    EventFile.open(path, { action: "Cannot verify", signal })
  );
  const found = await compared(() => findManifest(args, file.path));
  const wanted = complete ? await compared(() => wantedSlice(args, file, slice, found)) : undefined;
  const isMasked = connection !== undefined && found?.manifest.masking !== undefined;
  const verification = await verifyFile(file, found, {
    connection,
    slice: wanted,
    quiet: quiet || json,
    signal,
  }).catch((error) => {
    if (!isMasked || !(error instanceof NotComparedError)) throw error;
    throw new NotComparedError(error.message, [...error.hints, maskedNote(file)], error.cause);
  });
  const isNothing = verification.ok && verification.events === 0 && found === undefined;
  if (json) printWithSecrets(JSON.stringify(verification));
  if (isNothing && !args.flag("allow-empty")) throw holdsNothing(file);
  if (!json && (!quiet || !verification.ok)) {
    print(verificationLines(file.name, comparisons(found, connection, wanted), verification));
    if (isMasked && !verification.ok) print(maskedNote(file));
  }
  return verification.ok ? 0 : 1;
}

/** What the file has to hold: what the options say, else what its manifest says. */
async function wantedSlice(
  args: Arguments,
  { name }: EventFile,
  slice: Slice,
  found: FoundManifest | undefined,
): Promise<Slice> {
  if (args.flag("all") || !selectsAll(slice)) {
    return { ...slice, to: slice.to ?? found?.manifest.upTo ?? undefined };
  }
  if (found === undefined) {
    throw new NotComparedError(
      `Cannot verify whether ${name} is complete: it has no manifest, which says what it is to hold`,
      ["Say it by options: --all, or --categories and the others as for the export"],
    );
  }
  if (found.manifest.source.file !== undefined) {
    throw new NotComparedError(
      `Cannot verify whether ${name} is complete: its manifest's selection is of the file ` +
        `${found.manifest.source.file}, not of a namespace`,
      ["Say by options what it is to hold: --all, or --categories and the others"],
    );
  }
  const { sliceOf } = await import("../slice/manifest/manifest_slice.ts");
  return sliceOf(found.manifest, found.path);
}

async function verifyFile(
  file: EventFile,
  found: FoundManifest | undefined,
  { connection, slice, quiet, signal }: {
    connection: Connection | undefined;
    slice: Slice | undefined;
    quiet: boolean;
    signal: AbortSignal;
  },
): Promise<Verification> {
  const { verify } = await import("../slice/verify/verify.ts");
  const status = { events: 0, position: 0 };
  const onProgress = (events: number, position: number) => {
    status.events = events;
    status.position = position;
  };
  using _ = new Progress("Verified", () => ({ ...status, share: file.share }), { quiet });
  const namespace = connection === undefined ? undefined : await readerOf(connection, signal);
  return await compared(() =>
    verify({
      open: () => file.lines(),
      manifest: found?.manifest,
      streams: found?.streams,
      against: namespace === undefined ? undefined : { namespace, slice },
      signal,
      onProgress,
    }).catch((error) => {
      throw unreadable(error, `Cannot verify ${file.name}`);
    })
  );
}

async function readerOf({ client }: Connection, signal: AbortSignal) {
  const { clientNamespace } = await import("../transfer/namespace_reader.ts");
  return clientNamespace(client, { signal });
}

function comparisons(
  found: FoundManifest | undefined,
  connection: Connection | undefined,
  slice: Slice | undefined,
): string[] {
  return [
    found === undefined ? "There is no manifest to compare with" : `Compared with ${found.path}`,
    ...connection === undefined ? [] : [`Compared with ${describeNamespace(connection)}`],
    ...slice === undefined ? [] : [
      `Complete means all that was selected${
        slice.to === undefined ? "" : ` up to global position ${slice.to}`
      }`,
    ],
  ];
}

async function runNamespace(args: Arguments, signal: AbortSignal): Promise<number> {
  const json = args.flag("json");
  const quiet = args.flag("quiet");
  const connection = await connect(args, { quiet });
  const { verifyNamespace } = await import("../slice/verify/verify_namespace.ts");
  const status = { events: 0, position: 0 };
  const found = await compared(async () => {
    const namespace = await readerOf(connection, signal);
    using _ = new Progress("Verified", () => status, { quiet: quiet || json });
    return await verifyNamespace(namespace, {
      signal,
      onProgress(events, position) {
        status.events = events;
        status.position = position;
      },
    });
  });
  if (json) printWithSecrets(JSON.stringify(found));
  else if (!quiet || !found.ok) {
    print(verificationLines(describeNamespace(connection), comparedLines(found), found));
  }
  return found.ok ? 0 : 1;
}

function maskedNote({ name }: EventFile): string {
  return `${name} is masked: only a namespace that it was imported into has the same events`;
}

/** An empty file may be all that is left of one: only a manifest can say that it is whole. */
function holdsNothing({ name }: EventFile): NotComparedError {
  return new NotComparedError(`Cannot verify ${name}: it holds no record`, [
    "There is nothing to verify. With --allow-empty, that is a success",
  ]);
}
