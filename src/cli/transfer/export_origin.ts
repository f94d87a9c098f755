/**
 * Where an export takes its events from: a server, or a file.
 *
 * @module
 */

import type { EventoDBClient } from "../../client/client.ts";
import type { ManifestSource } from "../../slice/manifest.ts";
import type { ExportSource } from "../../transfer/export.ts";
import type { Arguments } from "../arguments.ts";
import { connect } from "../connection/connection.ts";
import { placeOf } from "../connection/place.ts";
import { UsageError } from "../problems.ts";
import { namespaceOf } from "../connection/token_namespace.ts";

/** Where events come from. */
export interface ExportOrigin extends AsyncDisposable {
  /** What it is called in messages. */
  readonly name: string;
  /** The same for the manifest. */
  readonly manifest: ManifestSource;
  /** The server, if it is one. */
  readonly server?: { client: EventoDBClient; token?: string };
  /** How much of a file has been read, from 0 to 1. */
  readonly share?: number;
  /**
   * Begins to read.
   *
   * @param signal Ends the asking for what a server can do.
   * @returns The source.
   */
  source(signal: AbortSignal): Promise<ExportSource>;
}

/**
 * Opens the origin that a command line names.
 *
 * @param args What was given.
 * @param quiet Whether to say nothing of retries.
 * @returns The origin.
 * @throws {UsageError} Neither a server nor a file is named, or both are.
 * @throws {CommandError} The file cannot be read.
 */
export async function openOrigin(args: Arguments, quiet: boolean): Promise<ExportOrigin> {
  const path = args.text("input");
  if (path === undefined) return await openServer(args, quiet);
  const other = ["url", "token", "token-file"].find((name) => args.isTyped(name));
  if (other !== undefined) {
    throw new UsageError(
      `--input and --${other} contradict each other: one is a file, the other a server`,
      "Use only one of them",
    );
  }
  await checkOutput(path, args.text("output"));
  return await openFile(path);
}

/** A slice in place of what it was taken from is a mistake more often than not. */
async function checkOutput(input: string, output: string | undefined): Promise<void> {
  if (output === undefined) return;
  const real = (path: string) => Deno.realPath(path).catch(() => undefined);
  const [from, to] = await Promise.all([real(input), real(output)]);
  if (from === undefined || from !== to) return;
  throw new UsageError(`The output is the input: ${output}`, "Give --output another name");
}

async function openServer(args: Arguments, quiet: boolean): Promise<ExportOrigin> {
  const connection = await connect(args, { quiet });
  const { client, token } = connection;
  const url = new URL(connection.url);
  url.username =
    url.password =
    url.search =
    url.hash =
      "";
  return {
    name: placeOf(connection),
    manifest: { url: url.href, namespace: namespaceOf(token) },
    server: { client, token },
    async source(signal) {
      const { serverSource } = await import("../../transfer/events.ts");
      return await serverSource(client, token, signal);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function openFile(path: string): Promise<ExportOrigin> {
  const { EventFile } = await import("../files/event_file.ts");
  const { readManifest } = await import("../files/manifest_file.ts");
  const { manifestPathOf } = await import("../files/manifest_path.ts");
  const { checkedBytes } = await import("../../slice/checked_bytes.ts");
  const { FileSource } = await import("../../transfer/sources/file_source.ts");
  const file = await EventFile.open(path);
  const found = path === "-" ? undefined : await readManifest(manifestPathOf(path));
  const open = async () => {
    const lines = await file.lines();
    if (found === undefined) return lines;
    const { path: manifestName, manifest } = found;
    return checkedBytes(lines, { name: file.name, manifestName, manifest, gzip: false });
  };
  return {
    name: file.name,
    manifest: { file: file.name, namespace: found?.manifest.source.namespace },
    get share() {
      return file.share;
    },
    source: () => Promise.resolve(new FileSource(file.name, open)),
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
}
