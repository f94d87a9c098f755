/**
 * The typed client and the consumer, for Deno, Node 20 and later, and browsers.
 *
 * {@linkcode EventoDBClient} speaks to an EventoDB server; {@linkcode consume} hands a category's
 * messages to a function from a position that is kept; {@linkcode parseRecord} and
 * {@linkcode formatRecord} read and write the lines of an export. Nothing here uses an API of Deno's
 * own. `@eventodb/cli` exports all of it too, beside the stores and the server, which need Deno.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { EventoDBClient } from "@eventodb/cli/client";
 * import { serve } from "@eventodb/cli/server";
 *
 * interface Deposited {
 *   amount: number;
 * }
 *
 * await using server = await serve({ port: 0, testMode: true });
 * const client = new EventoDBClient({ url: server.url });
 *
 * await client.streamWrite<Deposited>("account-1", { type: "Deposited", data: { amount: 10 } });
 * const [message] = await client.streamGet<Deposited>("account-1");
 * assertEquals(message?.data.amount, 10);
 * ```
 *
 * @module
 */

export { EventoDBClient } from "./src/client/client.ts";
export type {
  CreatedNamespace,
  DeletedNamespace,
  NamespaceCreateOptions,
  NamespaceRotateTokenOptions,
  NamespaceStreamsOptions,
  RotatedToken,
} from "./src/client/namespaces.ts";
export type { CallOptions, ClientOptions, Retry } from "./src/client/options.ts";
export type {
  EventShape,
  JsonObject,
  MessageOf,
  MessageOfEvent,
  ParsedMessage,
  Payload,
} from "./src/client/parsed_message.ts";
export { RawJson, rawJson } from "./src/client/raw_json.ts";
export type {
  CategoryGetOptions,
  PayloadOptions,
  ReadCategoryOptions,
  ReadStreamOptions,
  StreamGetOptions,
  StreamLastOptions,
} from "./src/client/read_options.ts";
export type { SearchQuery } from "./src/client/search.ts";
export type { SearchPage } from "./src/search_page.ts";
export type { RetryPolicy } from "./src/client/retry.ts";
export type { ServerHealth, ServerVersion } from "./src/client/server_facts.ts";
export type {
  SubscribeOptions,
  SubscribeToAllOptions,
  SubscribeToCategoryOptions,
} from "./src/client/subscribe_options.ts";
export type { UploadOptions } from "./src/client/upload.ts";
export type { UploadStandstill } from "./src/client/upload_watch.ts";
export type {
  EventToWrite,
  MessageToWrite,
  PlainMessageToWrite,
  WriteOptions,
} from "./src/client/write.ts";
export type { ConsumerGroup } from "./src/consumer_group.ts";
export { consume } from "./src/consumer/consume.ts";
export type { ConsumeOptions, HandlerContext, MessageHandler } from "./src/consumer/options.ts";
export { MemoryPositionStore, type PositionStore } from "./src/consumer/position_store.ts";
export { StreamPositionStore } from "./src/consumer/stream_position_store.ts";
export {
  type ErrorCode,
  EventoDBError,
  type EventoDBErrorOptions,
  type ForeignCode,
  STATUS_OF_CODE,
} from "./src/errors.ts";
export type { ImportCount, ImportProgress, ImportResult } from "./src/import_result.ts";
export type {
  CategorySummary,
  NamespaceInfo,
  NamespaceSummary,
  StreamsQuery,
  StreamSummary,
} from "./src/listings.ts";
export {
  type Message,
  type NewMessage,
  NO_STREAM,
  type Poke,
  POSITION_MAX,
  type WriteResult,
} from "./src/message.ts";
export { formatRecord } from "./src/record/format.ts";
export { parseRecord } from "./src/record/parse.ts";
export type { Slice, SliceBounds } from "./src/slice/slice.ts";
export { cardinalIdOf, categoryOf, idOf } from "./src/stream_name.ts";
