/**
 * Take a slice of an EventoDB server's events, with every position exactly as it was, and run your
 * service against it on your own machine.
 *
 * This is the library: a typed client, {@linkcode EventoDBClient}; {@linkcode consume}, which hands a
 * category's messages to a function from a position that is kept; the stores and the request
 * handler, {@linkcode openStore} and {@linkcode createHandler}, for a service's own tests or for a
 * server inside another one; and {@linkcode exportEvents} and {@linkcode importEvents}, over a server
 * or a store. `@eventodb/cli/server` has the server, `@eventodb/cli/cli` the command line, to which
 * this module hands over when it is run as a program.
 *
 * @example From one server into another
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { EventoDBClient, exportEvents, importEvents } from "@eventodb/cli";
 * import { serve } from "@eventodb/cli/server";
 *
 * await using production = await serve({ port: 0, testMode: true });
 * const there = new EventoDBClient({ url: production.url });
 * await there.streamWrite("email-1", { type: "Sent", data: {} });
 * await there.streamWrite("workflow-1", { type: "Started", data: { task: 1 } });
 *
 * await using local = await serve({ port: 0, testMode: true });
 * const events = exportEvents({ url: production.url }, { categories: ["workflow"] });
 * await importEvents(events, { url: local.url });
 *
 * const here = new EventoDBClient({ url: local.url });
 * assertEquals(await here.streamGet("workflow-1"), await there.streamGet("workflow-1"));
 * const next = await here.streamWrite("workflow-1", { type: "Ended", data: {} });
 * assertEquals(next, { position: 1, globalPosition: 3 });
 * ```
 *
 * @module
 */

export { EventoDBClient } from "./src/client/client.ts";
export type { ExportRequest } from "./src/client/export_arriving.ts";
export type {
  CategoryListing,
  CreatedNamespace,
  DeletedNamespace,
  NamespaceCreateOptions,
  NamespaceDetails,
  NamespaceListing,
  NamespaceStreamsOptions,
  StreamListing,
} from "./src/client/namespaces.ts";
export type { CallOptions, ClientOptions, Retry } from "./src/client/options.ts";
export type { JsonObject, ParsedMessage } from "./src/client/parsed_message.ts";
export { RawJson, rawJson } from "./src/client/raw_json.ts";
export type {
  CategoryGetOptions,
  PayloadOptions,
  ReadCategoryOptions,
  ReadStreamOptions,
  StreamGetOptions,
  StreamLastOptions,
} from "./src/client/read_options.ts";
export type { RetryPolicy } from "./src/client/retry.ts";
export type { ServerHealth, ServerVersion } from "./src/client/server_facts.ts";
export type {
  SubscribeOptions,
  SubscribeToAllOptions,
  SubscribeToCategoryOptions,
} from "./src/client/subscribe_options.ts";
export type { UploadOptions, UploadProgress, UploadResult } from "./src/client/upload.ts";
export type { MessageToWrite, WriteOptions } from "./src/client/write.ts";
export type { ConsumerGroup } from "./src/consumer_group.ts";
export { consume } from "./src/consumer/consume.ts";
export type { ConsumeOptions, HandlerContext, MessageHandler } from "./src/consumer/options.ts";
export { MemoryPositionStore, type PositionStore } from "./src/consumer/position_store.ts";
export { StreamPositionStore } from "./src/consumer/stream_position_store.ts";
export { type ErrorCode, type ErrorOptions, EventoDBError, STATUS_OF_CODE } from "./src/errors.ts";
export { createHandler, type Handler, type HandlerOptions } from "./src/http/handler.ts";
export type { Log, LogFields, LogLevel } from "./src/log.ts";
export {
  type Message,
  type NewMessage,
  NO_STREAM,
  POSITION_MAX,
  type WriteResult,
} from "./src/message.ts";
export type { Poke } from "./src/subscription/poke.ts";
export { formatRecord } from "./src/record/format.ts";
export { parseRecord } from "./src/record/parse.ts";
export type { ImportedPositions } from "./src/store/imported_positions.ts";
export { openStore, type OpenStoreOptions } from "./src/store/open.ts";
export type { PackedRecords } from "./src/store/packed_records.ts";
export type {
  Appended,
  AppendedMessage,
  BackendName,
  CategorySummary,
  ImportCount,
  ImportMode,
  ImportRecord,
  ImportUnit,
  MessageQuery,
  NamespaceInfo,
  NamespaceRecord,
  NamespaceSummary,
  NewNamespace,
  Store,
  StreamQuery,
  StreamsQuery,
  StreamSummary,
} from "./src/store/store.ts";
export { cardinalIdOf, categoryOf, idOf } from "./src/stream_name.ts";
export {
  exportEvents,
  importEvents,
  type ImportEventsOptions,
  type ServerPlace,
  type StorePlace,
} from "./src/transfer/anywhere.ts";
export type { ExportOptions } from "./src/transfer/export.ts";
export type { ImportResult } from "./src/transfer/import.ts";

if (import.meta.main) {
  const { main } = await import("./src/commands/main.ts");
  Deno.exit(await main(Deno.args));
}
