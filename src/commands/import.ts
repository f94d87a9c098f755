/**
 * `eventodb import`
 *
 * @module
 */

import { RecordCount } from "../record/record_count.ts";
import type { Arguments } from "../cli/arguments.ts";
import type { Command } from "../cli/command.ts";
import { connect, type Connection } from "../cli/connection/connection.ts";
import { refuseSkip, sizeNote } from "../cli/transfer/import_limits.ts";
import { importOptions } from "../cli/transfer/import_options.ts";
import { explain, heldBack, noRecord, notAll, unsent } from "../cli/transfer/import_problems.ts";
import { type ImportSource, inputsOf, openImportSource } from "../cli/transfer/import_source.ts";
import { Interruption } from "../cli/interrupt.ts";
import { formatCount, formatEvents, formatSeconds } from "../cli/terminal/format.ts";
import { CommandError, UsageError } from "../cli/problems.ts";
import { describeNamespace } from "../cli/connection/describe_namespace.ts";
import { Progress } from "../cli/terminal/progress.ts";
import { withResult } from "../cli/result.ts";
import { confirmed, say } from "../cli/terminal/terminal.ts";

/** Brings events of a file into a server. */
export const importCommand: Command = {
  name: "import",
  description:
    "Import the events of NDJSON files into the token's namespace, with their positions, ids " +
    "and times unchanged: all events of all files, or none.",
  operands: [
    {
      name: "FILE",
      help: "What to read; - for standard input. Several files are one import, in this order",
      optional: true,
      repeated: true,
    },
  ],
  options: importOptions,
  examples: [
    {
      text: "A file",
      line: "eventodb import --url http://localhost:8080 --token-file local-token \\\n" +
        "  --input july.ndjson",
    },
    {
      text: "Several files, all or nothing",
      line: "eventodb import --url http://localhost:8080 --token-file local-token \\\n" +
        "  june.ndjson july.ndjson.gz",
    },
    {
      text: "The same file again: existing events are skipped",
      line: "eventodb import --url http://localhost:8080 --token-file local-token \\\n" +
        "  --input july.ndjson --existing skip",
    },
    {
      text: "Another file, replacing everything in the namespace",
      line: "eventodb import --url http://localhost:8080 --token-file local-token \\\n" +
        "  --input august.ndjson.gz --force --yes",
    },
  ],
  async run(args) {
    await withResult({ json: args.flag("json") }, () => runImport(args));
    return 0;
  },
};

async function runImport(args: Arguments): Promise<Record<string, unknown>> {
  const quiet = args.flag("quiet");
  const force = args.flag("force");
  const allowEmpty = args.flag("allow-empty");
  const existing = args.text("existing") === "skip" ? "skip" : undefined;
  if (force && existing !== undefined) {
    throw new UsageError(
      "--force and --existing contradict each other: one replaces what the other keeps",
      "Use only one of them",
    );
  }
  if (force && !args.flag("yes") && !Deno.stdin.isTerminal()) {
    throw new UsageError(
      "--force replaces everything in the namespace, and confirmation needs a terminal",
      "Add --yes to confirm",
    );
  }
  const inputs = inputsOf(args);
  const connection = await connect(args, { quiet });
  using interruption = new Interruption();
  const { signal } = interruption;
  await using input = await openImportSource(inputs, args, { force, allowEmpty }, signal);

  const { featuresOf } = await import("../transfer/features.ts");
  const features = await featuresOf(connection.client, signal).catch((error) => {
    throw unsent(error);
  });
  if (existing !== undefined) refuseSkip(features);
  const shown = describeNamespace(connection);
  const replaced = force ? await eventsOf(connection, signal) : undefined;
  if (force && !args.flag("yes")) {
    await askForForce(shown, replaced ?? null, signal).catch((error) => {
      throw unsent(error);
    });
  }
  if (!quiet) {
    const instead = force ? `, replacing ${heldEvents(replaced ?? null)} in it` : "";
    say(`Importing ${input.name} into ${shown}${instead}`);
    const note = sizeNote(input, features);
    if (note !== undefined) say(note);
  }

  const { Http2Client } = await import("../cli/connection/http2.ts");
  const atomic = features.includes("import-atomic");
  // Only a server of ours is asked: what others make of it is not known.
  using http2 = atomic ? await Http2Client.open(connection, signal) : undefined;
  const status = { events: 0, position: 0 };
  let standstill: string | undefined;
  using progress = new Progress("Imported", () => ({
    ...status,
    // What was read may still be on its way.
    share: input.size === undefined || standstill !== undefined
      ? undefined
      : Math.min(input.bytesRead / input.size, 0.99),
  }), { quiet });
  const { stream, gzip, count } = await encode(input, {
    compress: args.flag("gzip"),
    features,
    ifEmpty() {
      if (!allowEmpty) throw noRecord(input, { force });
    },
  });
  const { imported, skipped } = await (http2?.client ?? connection.client).upload(stream, {
    force,
    allowEmpty: force && allowEmpty ? true : undefined,
    existing,
    gzip,
    signal,
    // They are counted here, also where they are compressed.
    countRecords: false,
    // Without retries there is no waiting for a slot either.
    placeWaitMs: connection.client.retryPolicy.retries === 0 ? 0 : undefined,
    onStandstill(still) {
      const held = heldBack(still, atomic);
      if (held === undefined) return;
      say(held);
      standstill = held;
    },
    onProgress({ imported, globalPosition }) {
      if (imported > status.events) standstill = undefined;
      status.events = imported;
      status.position = globalPosition;
    },
  }).catch((error) => {
    throw explain(error, { name: input.name, atomic, force, existing, standstill, input });
  });
  const elapsedMs = progress.elapsedMs;
  progress[Symbol.dispose]();
  const done = imported + skipped;
  if (count !== undefined && done !== count.records) throw notAll(input, count.records, done);
  if (done === 0 && !allowEmpty) throw noRecord(input, { force });
  if (!quiet) {
    const more = skipped === 0 ? "" : `, ${formatCount(skipped)} skipped, already there`;
    say(`Done. ${formatEvents(imported)} imported in ${formatSeconds(elapsedMs)}${more}`);
  }
  return { imported, skipped, elapsedMs: Math.round(elapsedMs) };
}

/** How many events the namespace holds, which an import is to replace; `null` where it cannot be known. */
async function eventsOf(
  { client, namespace }: Connection,
  signal: AbortSignal,
): Promise<number | null> {
  const { namespaceFacts } = await import("../cli/connection/namespace_facts.ts");
  try {
    return (await namespaceFacts(client, namespace, signal)).messageCount;
  } catch (error) {
    throw unsent(error);
  }
}

function heldEvents(count: number | null): string {
  return count === null ? "all events" : `the ${formatEvents(count)}`;
}

async function askForForce(
  shown: string,
  events: number | null,
  signal: AbortSignal,
): Promise<void> {
  const question = events === 0
    ? `The namespace is empty: ${shown}. Import into it?`
    : `Replace ${heldEvents(events)} of ${shown} with the input's?`;
  if (!await confirmed(question, signal)) {
    throw new CommandError("Not confirmed", ["Nothing was sent: the namespace is as it was"]);
  }
}

/**
 * Brings the input into a form that the server understands, and counts what is not compressed: an input
 * that ends without a record must not end for the server either.
 */
async function encode(
  input: ImportSource,
  options: { compress: boolean; features: readonly string[]; ifEmpty: () => void },
): Promise<{ stream: ReadableStream<Uint8Array>; gzip: boolean; count?: RecordCount }> {
  const bytes = input.stream;
  const understood = options.features.includes("import-gzip");
  if (input.gzip && understood && !input.isBlank) return { stream: bytes, gzip: true };
  const count = new RecordCount();
  const counted = (lines: ReadableStream<Uint8Array>) =>
    count.of(lines, () => count.records === 0 && options.ifEmpty());
  if (input.gzip) {
    const { gunzip } = await import("../gzip.ts");
    return { stream: counted(gunzip(bytes)), gzip: false, count };
  }
  if (options.compress && understood) {
    const { gzip } = await import("../gzip.ts");
    return { stream: gzip(counted(bytes)), gzip: true, count };
  }
  return { stream: counted(bytes), gzip: false, count };
}
