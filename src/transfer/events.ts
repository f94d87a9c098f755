/**
 * Export and import as functions, over a server or over a store.
 *
 * @module
 */

import { checkCategory, checkIntegers } from "../client/call_checks.ts";
import { EventoDBClient } from "../client/client.ts";
import type { ClientOptions } from "../client/options.ts";
import { EventoDBError } from "../errors.ts";
import type { ImportProgress, ImportResult } from "../import_result.ts";
import type { ImportMode, Store } from "../store/store.ts";
import { CategorySource } from "./sources/category_source.ts";
import { EndpointSource } from "./sources/endpoint_source.ts";
import { type ExportChunk, exportChunks, type ExportOptions, type ExportSource } from "./export.ts";
import { featuresOf } from "./features.ts";
import { importRecords } from "./import.ts";
import { StoreSource } from "./sources/store_source.ts";

/** A namespace of a server, which its token names; in test mode `default` without one. */
export type ServerNamespace = ClientOptions;

/** A namespace of a store. */
export interface StoreNamespace {
  /** The store. It stays open. */
  store: Store;
  /** The namespace's id. */
  namespace: string;
}

/** How to import. */
export interface ImportEventsOptions extends ImportMode {
  /** Ends the import. */
  signal?: AbortSignal;
  /** Called as the import goes on. Nothing is committed before it resolves. */
  onProgress?: (progress: ImportProgress) => void;
}

/**
 * Exports events as NDJSON, in ascending global position, each with the positions, id and time that
 * it has. Memory stays flat, and reading waits for the consumer.
 *
 * @param namespace The namespace to export from.
 * @param options Categories, window of time, signal. Default: everything.
 * @returns The bytes: lines as {@linkcode importEvents} takes them. The stream fails with an
 * `EventoDBError` when it cannot be completed; what came before it is good.
 *
 * @example Take a slice of a server into a test's own store
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { EventoDBClient, exportEvents, importEvents } from "@eventodb/cli";
 * import { ensureDefaultNamespace, openStore, serve } from "@eventodb/cli/server";
 *
 * await using server = await serve({ port: 0, testMode: true });
 * const client = new EventoDBClient({ url: server.url });
 * await client.streamWrite("cart-1", { type: "Filled", data: {} });
 * await client.streamWrite("order-1", { type: "Created", data: {} });
 *
 * await using store = await openStore("sqlite://memory");
 * await ensureDefaultNamespace(store);
 * const lines = exportEvents({ url: server.url }, { categories: ["order"] });
 * await importEvents(lines, { store, namespace: "default" });
 *
 * const [message] = await Array.fromAsync(exportEvents({ store, namespace: "default" }));
 * assertEquals(JSON.parse(new TextDecoder().decode(message)).gpos, 2);
 * ```
 */
export function exportEvents(
  namespace: ServerNamespace | StoreNamespace,
  options: ExportOptions = {},
): ReadableStream<Uint8Array> {
  return bytesOf(chunksOf(namespace, options));
}

/**
 * The bytes of chunks, read as they are taken.
 *
 * @param chunks The chunks.
 * @returns Their bytes.
 */
export function bytesOf(chunks: AsyncGenerator<ExportChunk>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value.bytes);
    },
    async cancel() {
      await chunks.return(undefined);
    },
  }, { highWaterMark: 0 });
}

/**
 * Imports events from NDJSON: all of them, or none.
 *
 * @param records The lines, in chunks cut anywhere.
 * @param namespace The namespace to import into.
 * @param options What to do with existing events, signal, progress.
 * @returns How many were imported and skipped, once they are committed.
 * @throws {EventoDBError} What is wrong, with the line; `OUTCOME_UNKNOWN` when a server has got
 * everything and does not respond, or says that it has imported fewer records than it was sent.
 */
export async function importEvents(
  records: ReadableStream<Uint8Array>,
  namespace: ServerNamespace | StoreNamespace,
  options: ImportEventsOptions = {},
): Promise<ImportResult> {
  if ("store" in namespace) {
    return await importRecords(records, namespace.store, namespace.namespace, options);
  }
  const client = new EventoDBClient(namespace);
  // A server that does not know it would take what is there for a conflict, in the middle.
  if (options.existing !== undefined) await refuseSkip(client, options.signal);
  return await client.upload(records, options);
}

async function refuseSkip(client: EventoDBClient, signal?: AbortSignal): Promise<void> {
  if ((await featuresOf(client, signal)).includes("import-atomic")) return;
  throw new EventoDBError(
    "INVALID_REQUEST",
    'Cannot import: this server does not know existing: "skip". Import into a fresh namespace, or with ' +
      "force",
  );
}

async function* chunksOf(
  namespace: ServerNamespace | StoreNamespace,
  options: ExportOptions,
): AsyncGenerator<ExportChunk> {
  for (const category of options.categories ?? []) checkCategory(category);
  checkIntegers({ from: options.from, to: options.to });
  const source = "store" in namespace
    ? new StoreSource(namespace.store, namespace.namespace)
    : await serverSource(new EventoDBClient(namespace), options.signal);
  yield* exportChunks(source, options);
}

/**
 * The best way that there is to export from a server.
 *
 * @param client The server.
 * @param signal Ends the asking for what it can do.
 * @returns The source.
 */
export async function serverSource(
  client: EventoDBClient,
  signal?: AbortSignal,
): Promise<ExportSource> {
  const { namespace } = client;
  const features = await featuresOf(client, signal);
  return features.includes("export")
    ? new EndpointSource(client, namespace, features)
    : new CategorySource(client, namespace);
}
