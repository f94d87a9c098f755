/**
 * The events that a command reads: those of a file, or of a namespace of a server.
 *
 * @module
 */

import type { ExportChunk } from "../../transfer/export.ts";
import type { Unmatched } from "../../slice/slice_filter.ts";
import type { Slice } from "../../slice/slice.ts";
import type { Arguments } from "../arguments.ts";
import { type Connection, connectTo } from "../connection/connection.ts";
import { describeNamespace } from "../connection/describe_namespace.ts";
import { EventFile } from "../files/event_file.ts";
import { noteSource } from "../value_sources.ts";

/** Events to look at: those of a file or of a namespace. */
export interface EventInput extends AsyncDisposable {
  /** What it is called in messages. */
  readonly name: string;
  /** The file, where it is one. */
  readonly file?: EventFile;
  /** The server, where it is one. */
  readonly connection?: Connection;
  /** How much has been read, from 0 to 1; `undefined` where that is not known. */
  readonly share?: number;
  /**
   * Opens the lines of its events, in ascending global position. A file is read as it is where the slice is
   * empty, whatever its lines are.
   *
   * @param slice Which events.
   */
  open(slice: Slice): Promise<ReadableStream<Uint8Array>>;
  /**
   * Says what of a slice has matched nothing, once all of its events have been read.
   *
   * @param slice Which events were read.
   * @param hidesStreams Whether no name of a stream may be in it, but for those that were given.
   */
  notes(slice: Slice, hidesStreams?: boolean): Promise<string[]>;
}

/** What an input is opened for. */
export interface EventInputOptions {
  /** Such as `Cannot compare`. */
  action: string;
  /** Ends the waiting and the reading. */
  signal: AbortSignal;
}

/** Whether a text is the address of a server, and not the name of a file. */
export function isUrl(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

/**
 * Opens an input.
 *
 * @param path A file, `-` for standard input, or the address of a server.
 * @param args What was given: the token for the server.
 * @throws {UsageError} The address is not valid.
 * @throws {CommandError} The file cannot be read.
 */
export async function openEventInput(
  path: string,
  args: Arguments,
  options: EventInputOptions,
): Promise<EventInput> {
  if (!isUrl(path)) return fileInput(await EventFile.open(path, options), options);
  noteSource("url", "the address");
  return serverInput(await connectTo(path, args, { quiet: args.flag("quiet") }), options);
}

/**
 * The events of a file as an input.
 *
 * @param file The file. It is closed with the input.
 */
function fileInput(file: EventFile, { action, signal }: EventInputOptions): EventInput {
  const matches = new Matches();
  return {
    name: file.name,
    file,
    get share() {
      return file.share;
    },
    async open(slice) {
      if (selectsAll(slice)) return await file.lines();
      const { FileSource } = await import("../../transfer/sources/file_source.ts");
      const { bytesOf } = await import("../../transfer/events.ts");
      const { exportChunks } = await import("../../transfer/export.ts");
      const source = new FileSource(file.name, () => file.lines(), action);
      const onUnmatched = matches.onUnmatched;
      return bytesOf(matches.of(exportChunks(source, { ...slice, signal, onUnmatched })));
    },
    notes: (slice) => matches.notes(slice, { signal }),
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
}

/** The events of a namespace as an input. */
export function serverInput(connection: Connection, { signal }: EventInputOptions): EventInput {
  const matches = new Matches();
  let bound: number | null = null;
  let position = 0;
  return {
    name: describeNamespace(connection),
    connection,
    get share() {
      return bound === null ? undefined : Math.min(position / Math.max(bound, 1), 1);
    },
    async open(slice) {
      const { bytesOf, serverSource } = await import("../../transfer/events.ts");
      const { unreplacedChunks } = await import("../../transfer/unreplaced.ts");
      const source = await serverSource(connection.client, signal);
      const chunks = unreplacedChunks(source, {
        ...slice,
        signal,
        onUnmatched: matches.onUnmatched,
        onBound: (found) => bound = found,
        onProgress: (at) => position = at,
      });
      return bytesOf(matches.of(chunks));
    },
    notes: (slice, hidesStreams) => {
      const { client } = connection;
      return matches.notes(slice, { client, signal, hidesStreams });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Keeps what a slice has matched, to find what it has not. */
class Matches {
  #categories: ReadonlySet<string> = new Set();
  #unmatched: Unmatched = { streams: [], types: [] };

  readonly onUnmatched = (unmatched: Unmatched) => this.#unmatched = unmatched;

  async *of(chunks: AsyncGenerator<ExportChunk>): AsyncGenerator<ExportChunk> {
    for await (const chunk of chunks) {
      this.#categories = chunk.categories;
      yield chunk;
    }
  }

  async notes(
    slice: Slice,
    server: Partial<Connection> & { signal: AbortSignal; hidesStreams?: boolean },
  ): Promise<string[]> {
    const missing = slice.categories?.filter((name) => !this.#categories.has(name)) ?? [];
    const { whyMissing, whyUnmatched } = await import("./nothing_exported.ts");
    const notes = [
      ...await whyMissing(missing, slice, server),
      ...await whyUnmatched(this.#unmatched, server),
    ];
    const { excludeNotes } = await import("./exclude_notes.ts");
    return [
      ...notes.map((note) => note.replace(/^No event/, "Note: no event")),
      ...await excludeNotes(slice, this.#unmatched, server),
    ];
  }
}

/** Whether a slice has no criteria, so that it selects everything. */
export function selectsAll(slice: Slice): boolean {
  return Object.values(slice).every((value) => value === undefined);
}
