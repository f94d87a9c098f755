/**
 * Manifests on disk: beside the file of events that they describe.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { manifestBytesMax, manifestStreamsMax } from "../limits.ts";
import {
  countStream,
  formatManifest,
  invalid,
  isWhole,
  makeManifest,
  type Manifest,
  type ManifestOrigin,
  type ManifestStream,
  type ManifestStreamsFile,
  parseManifest,
} from "../../slice/manifest/manifest.ts";
import type { LinksOut } from "../../slice/manifest/links_out.ts";
import type { Tally } from "../../slice/manifest/tally.ts";
import { CommandError } from "../problems.ts";
import { fileProblem } from "./file_problem.ts";
import { manifestPathOf, streamsPathOf } from "./manifest_path.ts";
import { openOutput, type Output } from "./output.ts";

/** Characters of lines that are written at once. */
const chunkChars = 256 * 1024;

/** A manifest that was read. */
export interface FoundManifest {
  /** Where it is. */
  path: string;
  /** The manifest. */
  manifest: Manifest;
  /** Its streams, where they stand in a file of their own. */
  streams?: () => AsyncIterable<ManifestStream>;
}

/**
 * Reads a manifest.
 *
 * @returns The manifest; `undefined` where there is none.
 * @throws {EventoDBError} `INVALID_MANIFEST`: it is not a manifest that can be relied on.
 * @throws {CommandError} It cannot be read.
 */
export async function readManifest(path: string): Promise<FoundManifest | undefined> {
  let text: string;
  try {
    const { size } = await Deno.stat(path);
    if (size > manifestBytesMax) throw invalid(path, "it is too large to be a manifest");
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw fileProblem(`Cannot read ${path}`, error);
  }
  const manifest = parseManifest(text, path);
  if (Array.isArray(manifest.streams)) return { path, manifest };
  const { streams } = manifest;
  const streamsPath = join(dirname(path), streams.name);
  await checkStreamsFile(streamsPath, streams);
  return { path, manifest, streams: () => readStreams(streamsPath) };
}

/**
 * Reads the manifest of a file of events: the one beside it or, where the name is a link, beside the file
 * that it stands for.
 *
 * @param path The file of events.
 * @returns The manifest; `undefined` where there is none.
 * @throws What `readManifest` throws.
 */
export async function readManifestOf(path: string): Promise<FoundManifest | undefined> {
  const found = await readManifest(manifestPathOf(path));
  if (found !== undefined) return found;
  const isLink = await Deno.lstat(path).then(({ isSymlink }) => isSymlink, () => false);
  if (!isLink) return undefined;
  try {
    return await readManifest(manifestPathOf(await Deno.realPath(path)));
  } catch (error) {
    // The reader of the file itself reports what is wrong with it.
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Writes the manifest of a file of events, and the file of its streams where they are many.
 *
 * @param path Where the manifest goes.
 * @param counted What was counted of the events, and what they link to.
 * @param origin Where they came from.
 * @param judge Finds out of streams whether they are whole, where their events alone leave that open.
 * @throws {CommandError} It cannot be written.
 */
export async function writeManifest(
  path: string,
  { tally, links }: { tally: Tally; links: LinksOut },
  origin: ManifestOrigin,
  judge?: (streams: ManifestStream[]) => Promise<void>,
): Promise<void> {
  const streamsOf = new Map<string, number>();
  const linksOut = links.count();
  const few: ManifestStream[] = [];
  await using file = new StreamsFile(streamsPathOf(path));
  for (const stream of tally.streams()) {
    countStream(streamsOf, stream.stream);
    linksOut.pass(stream.stream);
    const judged = { ...stream, whole: isWhole(stream, origin.endsWithStreams) };
    if (few.length < manifestStreamsMax) few.push(judged);
    else {
      if (file.streams === 0) { for (const first of few) await file.add(first); }
      await file.add(judged);
    }
  }
  if (file.streams === 0) await judge?.(few.filter(({ whole }) => whole === null));
  const streams = file.streams === 0 ? few : await file.complete();
  const manifest = makeManifest(tally, origin, streams, { streamsOf, linksOut: linksOut.end() });
  const bytes = new TextEncoder().encode(formatManifest(manifest));
  if (bytes.length > manifestBytesMax) throw tooLarge(path, streamsOf.size);
  await using output = await openOutput(path);
  const writer = output.writable.getWriter();
  await writer.write(bytes);
  writer.releaseLock();
  await output.complete();
}

/** Nothing would read it. */
function tooLarge(path: string, categories: number): CommandError {
  return new CommandError(
    `Cannot write ${path}: a manifest has at most ${manifestBytesMax} bytes, and this one would have more, ` +
      `with ${categories} categories and the names that were selected`,
    ["--no-manifest leaves it out"],
  );
}

/** The file of a manifest's streams, while it is written: one line a stream. */
class StreamsFile implements AsyncDisposable {
  streams = 0;
  readonly #path: string;
  readonly #hash = createHash("sha256");
  #text = "";
  #output: Output | undefined;
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async add(stream: ManifestStream): Promise<void> {
    this.streams++;
    const { stream: name, from, to, events, whole } = stream;
    this.#text +=
      `{"stream":${JSON.stringify(name)},"from":${from},"to":${to},"events":${events},` +
      `"whole":${whole}}\n`;
    if (this.#text.length >= chunkChars) await this.#write();
  }

  async complete(): Promise<ManifestStreamsFile> {
    await this.#write();
    this.#writer!.releaseLock();
    await this.#output!.complete();
    return {
      name: basename(this.#path),
      streams: this.streams,
      sha256: this.#hash.digest("hex"),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#output?.[Symbol.asyncDispose]();
  }

  async #write(): Promise<void> {
    this.#output ??= await openOutput(this.#path);
    this.#writer ??= this.#output.writable.getWriter();
    const bytes = new TextEncoder().encode(this.#text);
    this.#hash.update(bytes);
    this.#text = "";
    await this.#writer.write(bytes);
  }
}

/** Reads it once to compare its hash: what is read of it later is what was written. */
async function checkStreamsFile(path: string, said: ManifestStreamsFile): Promise<void> {
  const hash = createHash("sha256");
  try {
    const file = await Deno.open(path);
    for await (const chunk of file.readable) hash.update(chunk);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw invalid(path, "the file of the manifest's streams is missing");
    }
    throw fileProblem(`Cannot read ${path}`, error);
  }
  if (hash.digest("hex") !== said.sha256) {
    throw invalid(
      path,
      "its hash differs from the manifest's: it is damaged, or belongs to another export",
    );
  }
}

async function* readStreams(path: string): AsyncGenerator<ManifestStream> {
  const { TextLineStream } = await import("../../deps/text_line_stream.ts");
  const file = await Deno.open(path);
  const lines = file.readable.pipeThrough(new TextDecoderStream()).pipeThrough(
    new TextLineStream(),
  );
  for await (const line of lines) yield JSON.parse(line);
}
