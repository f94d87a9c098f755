/**
 * `eventodb import`
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { connect, type Connection, connectionOptions } from "./connection.ts";
import { type Input, openInput } from "./input.ts";
import { Interruption } from "./interrupt.ts";
import { formatCount, formatEvents, formatSeconds } from "./numbers.ts";
import { CommandError, Interrupted, UsageError } from "./problems.ts";
import { Progress } from "./progress.ts";
import { describe, hintsFor } from "./report.ts";
import { jsonOption, quietOption, withResult } from "./result.ts";
import { confirmed, say } from "./terminal.ts";
import { namespaceOf } from "./token_namespace.ts";

/** Brings events of a file into a server. */
export const importCommand: Command = {
  name: "import",
  description:
    "Bring events of an NDJSON file into the token's namespace, each with the positions, id " +
    "and time that it has: all of them, or none.",
  options: [
    ...connectionOptions,
    {
      name: "input",
      value: "FILE",
      default: "standard input",
      help: "What to read. gzip data is recognised by its first bytes",
    },
    { name: "gzip", help: "Compress on the way to the server, if it understands that" },
    {
      name: "existing",
      value: "skip",
      choices: ["skip"],
      help: "Skip events that are there already, instead of refusing them",
    },
    { name: "force", help: "Replace all that the namespace holds by the file's events" },
    { name: "yes", help: "Do not ask before --force" },
    quietOption,
    jsonOption,
  ],
  examples: [
    {
      text: "A file",
      line: "eventodb import --url http://localhost:8080 --token $LOCAL_TOKEN \\\n" +
        "  --input july.ndjson",
    },
    {
      text: "The same file again: what is there is skipped",
      line: "eventodb import --url http://localhost:8080 --token $LOCAL_TOKEN \\\n" +
        "  --input july.ndjson --existing skip",
    },
    {
      text: "Another file in place of all that is there",
      line: "eventodb import --url http://localhost:8080 --token $LOCAL_TOKEN \\\n" +
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
  if (force && args.text("existing") !== undefined) {
    throw new UsageError(
      "--force and --existing contradict each other: one replaces what the other keeps",
      "Give one of them",
    );
  }
  const connection = await connect(args, { quiet });
  await using input = await openInput(args.text("input"));
  using interruption = new Interruption();
  const { signal } = interruption;
  const { featuresOf } = await import("../transfer/features.ts");
  const features = await featuresOf(connection.client, signal).catch((error) => {
    throw withMeaning(error, ["Nothing was sent"]);
  });
  if (force && !args.flag("yes")) await askForForce(connection, signal);

  const { Http2Client } = await import("./http2.ts");
  // Only a server of ours is asked: what others make of it is not known.
  using http2 = features.includes("import-atomic")
    ? await Http2Client.open(connection, signal)
    : undefined;
  const status = { events: 0, position: 0 };
  using progress = new Progress("Imported", () => ({
    ...status,
    // What was read may still be on its way.
    share: input.size === undefined ? undefined : Math.min(input.bytesRead / input.size, 0.99),
  }), { quiet });
  try {
    const { stream, gzip } = await encode(input, args.flag("gzip"), features);
    const { client } = http2 ?? connection;
    const { imported, skipped } = await client.upload(stream, {
      force,
      existing: args.text("existing") === "skip" ? "skip" : undefined,
      gzip,
      signal,
      onProgress({ imported, globalPosition }) {
        status.events = imported;
        status.position = globalPosition;
      },
    });
    const elapsedMs = progress.elapsedMs;
    progress[Symbol.dispose]();
    if (!quiet) {
      const more = skipped === 0 ? "" : `, ${formatCount(skipped)} skipped that were there`;
      say(`Done. ${formatEvents(imported)} imported in ${formatSeconds(elapsedMs)}${more}`);
    }
    return { imported, skipped, elapsedMs: Math.round(elapsedMs) };
  } catch (error) {
    throw explain(error, { atomic: features.includes("import-atomic"), force });
  }
}

async function askForForce({ client, token }: Connection, signal: AbortSignal): Promise<void> {
  if (!Deno.stdin.isTerminal()) {
    throw new UsageError(
      "--force replaces all that the namespace holds, and there is nobody to ask",
      "Add --yes if that is what you want",
    );
  }
  const namespace = namespaceOf(token);
  const { messageCount } = await client.namespaceInfo(namespace, { signal });
  const question = messageCount === 0
    ? `The namespace "${namespace}" is empty. Import into it?`
    : `Delete the ${formatEvents(messageCount)} of the namespace "${namespace}", and put the ` +
      "file's in their place?";
  if (!await confirmed(question, signal)) {
    throw new CommandError("Not confirmed", ["Nothing was sent: the namespace is as it was"]);
  }
}

/** Brings the input into a form that the server understands. */
async function encode(
  input: Input,
  compress: boolean,
  features: readonly string[],
): Promise<{ stream: ReadableStream<Uint8Array>; gzip: boolean }> {
  const understood = features.includes("import-gzip");
  if (input.gzip && !understood) {
    const { gunzip } = await import("../http/gzip.ts");
    return { stream: gunzip(input.stream), gzip: false };
  }
  if (!input.gzip && compress && understood) {
    const { gzip } = await import("../http/gzip.ts");
    return { stream: gzip(input.stream), gzip: true };
  }
  return { stream: input.stream, gzip: input.gzip };
}

/** Says what a failure means for the namespace. */
function explain(error: unknown, import_: { atomic: boolean; force: boolean }): unknown {
  if (error instanceof EventoDBError && error.code === "OUTCOME_UNKNOWN") {
    const unknown = withMeaning(error, howToFindOut(import_));
    if (!(error.cause instanceof Interrupted)) return unknown;
    say((unknown as CommandError).hints[0]);
    return error.cause;
  }
  const left = import_.atomic
    ? "Nothing was imported: the namespace is as it was"
    : "This server does not import all or nothing: events of the lines before may have stayed. " +
      'Look with "eventodb ns info", and delete the namespace before another try';
  if (error instanceof Interrupted) {
    say(left);
    return error;
  }
  const gone = error instanceof EventoDBError && error.code === "NAMESPACE_NOT_FOUND";
  return withMeaning(error, [gone ? "Nothing was imported: the namespace is not there" : left]);
}

function howToFindOut({ atomic, force }: { atomic: boolean; force: boolean }): string[] {
  const open = "It is not known whether it is committed.";
  if (!atomic) return [`${open} Look with "eventodb ns info"`];
  return [
    force
      ? `${open} To make sure, run the same command again`
      : `${open} To find out, run the same command again with --existing skip: ` +
        "what is there is skipped, what is missing is imported",
  ];
}

function withMeaning(error: unknown, meaning: string[]): unknown {
  if (error instanceof EventoDBError) {
    const hints = [...meaning, ...importHints(error), ...hintsFor(error)];
    return new CommandError(describe(error), hints, { cause: error });
  }
  if (error instanceof CommandError) {
    return new CommandError(error.message, [...meaning, ...error.hints], { cause: error });
  }
  return error;
}

function importHints({ code }: EventoDBError): string[] {
  switch (code) {
    case "POSITION_EXISTS":
    case "MESSAGE_ID_EXISTS":
      return [
        "If it is there from before, import into an empty namespace, skip what is there with " +
        "--existing skip, or replace all of it with --force",
      ];
    case "IMPORT_IN_PROGRESS":
      return ["Another import is running into this namespace: wait for it to end"];
    default:
      return [];
  }
}
