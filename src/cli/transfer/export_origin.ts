/**
 * Where an export takes its events from: a server, or a file.
 *
 * @module
 */

import { normalize } from "node:path";
import type { EventoDBClient } from "../../client/client.ts";
import { hideSecrets } from "../../printable.ts";
import type { Manifest, ManifestMasking, ManifestSource } from "../../slice/manifest/manifest.ts";
import type { ExportSource } from "../../transfer/export.ts";
import type { Arguments } from "../arguments.ts";
import { connect } from "../connection/connection.ts";
import { describeNamespace } from "../connection/describe_namespace.ts";
import { manifestPathOf } from "../files/manifest_path.ts";
import { isStandardOutput } from "../files/output.ts";
import { UsageError } from "../problems.ts";

/** Where events come from. */
export interface ExportOrigin extends AsyncDisposable {
  /** What it is called in messages. */
  readonly name: string;
  /** The same for the manifest. */
  readonly manifest: ManifestSource;
  /** How its events are masked already, as far as a manifest says. */
  readonly masking?: ManifestMasking;
  /** The manifest of a file, where it has one. */
  readonly parent?: Pick<Manifest, "checksum" | "upTo">;
  /** The server, if it is one. */
  readonly server?: { client: EventoDBClient; namespace: string };
  /** How much of a file has been read, from 0 to 1. */
  readonly share?: number;
  /**
   * Begins to read.
   *
   * @param signal Ends the asking for what a server can do.
   */
  source(signal: AbortSignal): Promise<ExportSource>;
}

/**
 * Opens the origin that a command line names.
 *
 * @param quiet Whether to say nothing of retries.
 * @param signal Ends the waiting for standard input.
 * @throws {UsageError} Neither a server nor a file is named, or both are.
 * @throws {CommandError} The file cannot be read.
 */
export async function openOrigin(
  args: Arguments,
  quiet: boolean,
  signal?: AbortSignal,
): Promise<ExportOrigin> {
  const path = args.text("input");
  if (path === undefined) return await openServer(args, quiet);
  const other = ["url", "token", "token-file"].find((name) => args.isTyped(name));
  if (other !== undefined) {
    throw new UsageError(
      `--input and --${other} contradict each other: one is a file, the other a server`,
      "Use only one of them",
    );
  }
  return await openFile(path, signal);
}

/** Options that name what is read, in words. */
const readOptions = { input: "input", mask: "policy", "mask-key-file": "key file" };

/**
 * Refuses to write over what is read, or twice to one file.
 *
 * @throws {UsageError} The output, the manifest or the report is what is read, or two of them are the same.
 */
export async function checkOutputPaths(args: Arguments): Promise<void> {
  const [output, manifest, report] = ["output", "manifest", "report"].map((name) =>
    args.text(name)
  );
  for (const [written, path] of Object.entries({ output, manifest, report })) {
    for (const [option, read] of Object.entries(readOptions)) {
      // A slice instead of what it was taken from is a mistake more often than not.
      if (!await areSame(args.text(option), path)) continue;
      throw new UsageError(
        `The ${written} is the ${read}: ${path}`,
        `Give --${written} another name`,
      );
    }
  }
  const isMixed = manifest !== undefined && isStandardOutput(manifest) && isStandardOutput(output);
  if (isMixed || await areSame(output, manifest)) {
    throw new UsageError(
      `The manifest and the events would go to the same file: ${manifest}`,
      "Give --manifest another name",
    );
  }
  const manifestPath = manifest ?? (output === undefined ? undefined : manifestPathOf(output));
  if (await areSame(report, output) || await areSame(report, manifestPath)) {
    throw new UsageError(
      `--report is the name of another input or output: ${report}`,
      "Give --report another name",
    );
  }
}

/**
 * Whether two paths lead to the same file.
 *
 * @param one A path.
 * @param other Another one.
 * @returns Whether they do; standard input and output are not files.
 */
export async function areSame(
  one: string | undefined,
  other: string | undefined,
): Promise<boolean> {
  if (one === undefined || other === undefined) return false;
  if (isStandardOutput(one) || isStandardOutput(other)) return false;
  const real = (path: string) => Deno.realPath(path).catch(() => undefined);
  const [a, b] = await Promise.all([real(one), real(other)]);
  return a === undefined ? b === undefined && normalize(one) === normalize(other) : a === b;
}

async function openServer(args: Arguments, quiet: boolean): Promise<ExportOrigin> {
  const connection = await connect(args, { quiet });
  const { client, namespace } = connection;
  const url = new URL(connection.url);
  url.username =
    url.password =
    url.search =
    url.hash =
      "";
  return {
    name: describeNamespace(connection),
    manifest: { url: hideSecrets(url.href), namespace },
    server: { client, namespace },
    async source(signal) {
      const { serverSource } = await import("../../transfer/events.ts");
      return await serverSource(client, signal);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function openFile(path: string, signal?: AbortSignal): Promise<ExportOrigin> {
  const { EventFile } = await import("../files/event_file.ts");
  const { readManifestOf } = await import("../files/manifest_file.ts");
  const { checkedBytes } = await import("../../slice/manifest/checked_bytes.ts");
  const { FileSource } = await import("../../transfer/sources/file_source.ts");
  const file = await EventFile.open(path, { action: "Cannot export from", signal });
  const found = path === "-" ? undefined : await readManifestOf(path);
  const open = async () => {
    const lines = await file.lines();
    if (found === undefined) return lines;
    const { path: manifestName, manifest } = found;
    return checkedBytes(lines, { name: file.name, manifestName, manifest, gzip: false });
  };
  return {
    name: file.name,
    manifest: { file: file.name, namespace: found?.manifest.source.namespace },
    masking: found?.manifest.masking,
    parent: found?.manifest,
    get share() {
      return file.share;
    },
    source: () => Promise.resolve(new FileSource(file.name, open)),
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
}
