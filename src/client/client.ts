/**
 * The typed client: every method of the protocol, over HTTP. It uses no API of Deno's own, so that
 * it works in Node and in browsers as well.
 *
 * @module
 */

import type { ImportResult } from "../import_result.ts";
import type {
  CategorySummary,
  NamespaceInfo,
  NamespaceSummary,
  StreamSummary,
} from "../listings.ts";
import type { Message, Poke, WriteResult } from "../message.ts";
import type { SearchPage } from "../search_page.ts";
import type { Slice } from "../slice/slice.ts";
import { defaultNamespace, namespaceOfToken } from "../token.ts";
import { checkCategory, checkConsumerGroup, checkIntegers } from "./call_checks.ts";
import * as calls from "./calls.ts";
import { exportArriving } from "./export_arriving.ts";
import { responseStallMs, retriesDefault, retryDelayMs } from "./limits.ts";
import { MessageReads } from "./message_reads.ts";
import type {
  CreatedNamespace,
  DeletedNamespace,
  NamespaceCreateOptions,
  NamespaceRotateTokenOptions,
  NamespaceStreamsOptions,
  RotatedToken,
} from "./namespaces.ts";
import type { CallOptions, ClientOptions } from "./options.ts";
import type { JsonObject, MessageOf, ParsedMessage, Payload } from "./parsed_message.ts";
import type {
  CategoryGetOptions,
  PayloadOptions,
  ReadCategoryOptions,
  ReadStreamOptions,
  StreamGetOptions,
  StreamLastOptions,
} from "./read_options.ts";
import { related, type RelatedStreams } from "./related.ts";
import { type RetryPolicy, withRetries } from "./retry.ts";
import { Rpc } from "./rpc.ts";
import type { SearchQuery } from "./search.ts";
import type { ServerHealth, ServerVersion } from "./server_facts.ts";
import { serverVersion } from "./server_version.ts";
import type {
  SubscribeOptions,
  SubscribeToAllOptions,
  SubscribeToCategoryOptions,
} from "./subscribe_options.ts";
import { Subscription, type SubscriptionQuery } from "./subscription.ts";
import { Transport } from "./transport.ts";
import { upload, type UploadOptions } from "./upload.ts";
import { type MessageToWrite, writeMessage, type WriteOptions } from "./write.ts";

/**
 * A client of one EventoDB server, with the token of one namespace.
 *
 * Calls that read are tried again when the network fails or the server is overloaded, and so is
 * `streamWrite`, whose message id is fixed beforehand. Every method throws an `EventoDBError`: the
 * server's own, or one with the code `CONNECTION_FAILED` or `UNEXPECTED_ANSWER`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { EventoDBClient } from "@eventodb/cli";
 * import { serve } from "@eventodb/cli/server";
 *
 * await using server = await serve({ port: 0, testMode: true });
 * const client = new EventoDBClient({ url: server.url });
 *
 * await client.streamWrite("account-123", { type: "Deposited", data: { amount: 10 } });
 * const [message] = await client.categoryGet("account");
 * assertEquals(message?.data, { amount: 10 });
 * assertEquals(message?.globalPosition, 1);
 * ```
 *
 * @example In one process, without a network, for a service's tests
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createHandler, EventoDBClient, openStore } from "@eventodb/cli";
 *
 * await using store = await openStore("sqlite://memory");
 * await using handler = createHandler({ store, testMode: true });
 * const client = new EventoDBClient({ url: "http://in-process", fetch: handler });
 *
 * await client.streamWrite("account-123", { type: "Opened", data: {} });
 * assertEquals(await client.streamVersion("account-123"), 0);
 * ```
 */
export class EventoDBClient {
  /** Where the server is, without a slash at the end. */
  readonly url: string;
  /**
   * The namespace that the token opens, as the token says it: `default` without one, `null` where it does
   * not say it.
   */
  readonly namespace: string | null;
  /** How often, and how long apart, calls are tried again. */
  readonly retryPolicy: RetryPolicy;
  readonly #transport: Transport;
  readonly #rpc: Rpc;
  readonly #reads: MessageReads;

  /**
   * Nothing is sent yet.
   *
   * @param options Address, token, retries and idle timeout.
   * @throws {EventoDBError} `INVALID_REQUEST` when the address or the token cannot be one.
   */
  constructor(options: ClientOptions) {
    this.#transport = new Transport({ timeoutMs: responseStallMs, ...options });
    this.url = this.#transport.url;
    const { token } = options;
    this.namespace = token === undefined ? defaultNamespace : namespaceOfToken(token);
    this.retryPolicy = {
      retries: options.retries ?? retriesDefault,
      retryDelayMs: options.retryDelayMs ?? retryDelayMs,
      onRetry: options.onRetry,
      hasReached: options.retries === undefined ? () => this.#transport.hasReached : undefined,
    };
    this.#rpc = new Rpc(this.#transport, this.retryPolicy);
    this.#reads = new MessageReads(this.#rpc, this.retryPolicy);
  }

  /**
   * Writes a message.
   *
   * It is tried again when the network fails: its id is fixed beforehand, so that it is written once.
   *
   * @typeParam T The type of the payload, or of the events, so that mistakes show when it is compiled.
   * @param stream The stream's name.
   * @param message What to write.
   * @param options Its id, and the version that the stream must have.
   * @returns Where it has landed.
   * @throws {EventoDBError} `STREAM_VERSION_CONFLICT`, `MESSAGE_ID_EXISTS`, `IMPORT_IN_PROGRESS`.
   */
  async streamWrite<T extends Payload = Payload>(
    stream: string,
    message: NoInfer<MessageToWrite<T>>,
    options: WriteOptions = {},
  ): Promise<WriteResult> {
    return await writeMessage(this.#rpc, this.retryPolicy, stream, message, options);
  }

  /**
   * Gets messages of a stream, by position.
   *
   * @param stream The stream's name.
   * @param options Which, and how.
   * @returns The messages, with payloads as texts.
   */
  streamGet(stream: string, options: StreamGetOptions<true> & { raw: true }): Promise<Message[]>;
  /**
   * Gets messages of a stream, by position.
   *
   * @typeParam T The type of the payload, or of the events. It is taken on trust.
   * @param stream The stream's name.
   * @param options Which.
   * @returns The messages, with payloads parsed.
   */
  streamGet<T extends Payload | null = JsonObject | null>(
    stream: string,
    options?: StreamGetOptions<false>,
  ): Promise<MessageOf<T>[]>;
  async streamGet(
    stream: string,
    options: StreamGetOptions = {},
  ): Promise<Message[] | ParsedMessage[]> {
    return await this.#reads.streamGet(stream, options);
  }

  /**
   * Gets a stream's last message, or its last of a type.
   *
   * @param stream The stream's name.
   * @param options Which, and how.
   * @returns The message, with payloads as texts; `null` when there is none.
   */
  streamLast(
    stream: string,
    options: StreamLastOptions<true> & { raw: true },
  ): Promise<Message | null>;
  /**
   * Gets a stream's last message, or its last of a type.
   *
   * @typeParam T The type of the payload, or of the events. It is taken on trust.
   * @param stream The stream's name.
   * @param options Which.
   * @returns The message, with payloads parsed; `null` when there is none.
   */
  streamLast<T extends Payload | null = JsonObject | null>(
    stream: string,
    options?: StreamLastOptions<false>,
  ): Promise<MessageOf<T> | null>;
  async streamLast(
    stream: string,
    options: StreamLastOptions = {},
  ): Promise<Message | ParsedMessage | null> {
    return await this.#reads.streamLast(stream, options);
  }

  /**
   * Gets the position of a stream's last message.
   *
   * @param stream The stream's name.
   * @param options Signal.
   * @returns The version; `null` when the stream has no messages.
   */
  async streamVersion(stream: string, options?: CallOptions): Promise<number | null> {
    return await this.#rpc.read(calls.streamVersion(stream), options);
  }

  /**
   * Gets messages of a category, by global position.
   *
   * @param category The category; `""` for all.
   * @param options Which, and how.
   * @returns The messages, with payloads as texts.
   */
  categoryGet(
    category: string,
    options: CategoryGetOptions<true> & { raw: true },
  ): Promise<Message[]>;
  /**
   * Gets messages of a category, by global position.
   *
   * @typeParam T The type of the payload, or of the events. It is taken on trust.
   * @param category The category; `""` for all.
   * @param options Which.
   * @returns The messages, with payloads parsed.
   */
  categoryGet<T extends Payload | null = JsonObject | null>(
    category: string,
    options?: CategoryGetOptions<false>,
  ): Promise<MessageOf<T>[]>;
  async categoryGet(
    category: string,
    options: CategoryGetOptions = {},
  ): Promise<Message[] | ParsedMessage[]> {
    return await this.#reads.categoryGet(category, options);
  }

  /**
   * Gets messages of a category as they arrive, in one request that is not tried again. Leaving the
   * loop cancels what has not come yet, so that a reader with a small buffer reads little.
   *
   * @param category The category; `""` for all.
   * @param options Which.
   * @returns The messages, in groups as they came, with payloads as texts.
   */
  categoryArriving(
    category: string,
    options: Omit<CategoryGetOptions, "raw"> = {},
  ): AsyncGenerator<Message[]> {
    return this.#reads.categoryArriving(category, options);
  }

  /**
   * Reads a stream from a position on, page by page, up to where there is no more.
   *
   * @param stream The stream's name.
   * @param options From where on, and how.
   * @returns The messages by position, with payloads as texts.
   */
  readStream(
    stream: string,
    options: ReadStreamOptions<true> & { raw: true },
  ): AsyncGenerator<Message, void>;
  /**
   * Reads a stream from a position on, page by page, up to where there is no more. A failure that may
   * pass is retried from the last message.
   *
   * @typeParam T The type of the payload, or of the events. It is taken on trust.
   * @param stream The stream's name.
   * @param options From where on.
   * @returns The messages by position, with payloads parsed.
   */
  readStream<T extends Payload | null = JsonObject | null>(
    stream: string,
    options?: ReadStreamOptions<false>,
  ): AsyncGenerator<MessageOf<T>, void>;
  readStream(
    stream: string,
    options: ReadStreamOptions = {},
  ): AsyncGenerator<Message | ParsedMessage, void> {
    return this.#reads.readStream(stream, options);
  }

  /**
   * Reads a category from a global position on, page by page, up to where there is no more.
   *
   * @param category The category; `""` for all.
   * @param options Which messages, and how.
   * @returns The messages by global position, with payloads as texts.
   */
  readCategory(
    category: string,
    options: ReadCategoryOptions<true> & { raw: true },
  ): AsyncGenerator<Message, void>;
  /**
   * Reads a category from a global position on, page by page, up to where there is no more. A failure
   * that may be temporary is retried from the last message.
   *
   * @typeParam T The type of the payload, or of the events. It is taken on trust.
   * @param category The category; `""` for all.
   * @param options Which messages.
   * @returns The messages by global position, with payloads parsed.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { EventoDBClient } from "@eventodb/cli";
   * import { serve } from "@eventodb/cli/server";
   *
   * await using server = await serve({ port: 0, testMode: true });
   * const client = new EventoDBClient({ url: server.url });
   * for (const amount of [10, 20, 30]) {
   *   await client.streamWrite("account-1", { type: "Deposited", data: { amount } });
   * }
   *
   * let balance = 0;
   * for await (const { data } of client.readCategory("account")) balance += Number(data?.amount);
   * assertEquals(balance, 60);
   * ```
   */
  readCategory<T extends Payload | null = JsonObject | null>(
    category: string,
    options?: ReadCategoryOptions<false>,
  ): AsyncGenerator<MessageOf<T>, void>;
  readCategory(
    category: string,
    options: ReadCategoryOptions = {},
  ): AsyncGenerator<Message | ParsedMessage, void> {
    return this.#reads.readCategory(category, options);
  }

  /**
   * Looks for messages by their text, by their id, and by what a slice selects. One call looks at a bounded part of
   * the namespace and may find nothing in it: go on from the page's `next`, up to `null`. Only for a server whose
   * features name `search`.
   *
   * @param query What is looked for.
   * @param options Signal, and payloads as texts.
   * @returns A page, with payloads as texts.
   */
  search(
    query: SearchQuery,
    options: PayloadOptions<true> & { raw: true },
  ): Promise<SearchPage<Message>>;
  /**
   * Looks for messages by their text, by their id, and by what a slice selects. One call looks at a bounded part of
   * the namespace and may find nothing in it: go on from the page's `next`, up to `null`. Only for a server whose
   * features name `search`.
   *
   * @typeParam T The type of the payload, or of the events. It is taken on trust.
   * @param query What is looked for.
   * @param options Signal.
   * @returns A page, with payloads parsed.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { EventoDBClient } from "@eventodb/cli";
   * import { serve } from "@eventodb/cli/server";
   *
   * await using server = await serve({ port: 0, testMode: true });
   * const client = new EventoDBClient({ url: server.url });
   * await client.streamWrite("order-1", { type: "Placed", data: { by: "Ann" } });
   * await client.streamWrite("order-2", { type: "Placed", data: { by: "Ben" } });
   *
   * const found: string[] = [];
   * const query = { text: "ann", categories: ["order"], from: 1 };
   * for (;;) {
   *   const { messages, next } = await client.search(query);
   *   found.push(...messages.map(({ stream }) => stream));
   *   if (next === null) break;
   *   query.from = next;
   * }
   * assertEquals(found, ["order-1"]);
   * ```
   */
  search<T extends Payload | null = JsonObject | null>(
    query: SearchQuery,
    options?: PayloadOptions<false>,
  ): Promise<SearchPage<MessageOf<T>>>;
  async search(
    query: SearchQuery,
    options: PayloadOptions = {},
  ): Promise<SearchPage<Message | ParsedMessage>> {
    return await this.#reads.search(query, options);
  }

  /**
   * Subscribes to a stream: a poke for each message from a position on, those that are there and
   * those that come. The subscription reconnects when its connection breaks off, and continues after
   * the last poke.
   *
   * @param stream The stream's name.
   * @param options From where on, for how long.
   * @returns The pokes. Break the loop or abort the signal to end it.
   * @throws {EventoDBError} What the server refuses, also later: `AUTH_UNAUTHORIZED` or
   * `NAMESPACE_NOT_FOUND` once the namespace is deleted. `CONNECTION_FAILED` when the first
   * connection fails after all retries.
   */
  subscribeToStream(
    stream: string,
    options: SubscribeOptions = {},
  ): AsyncIterableIterator<Poke, void> {
    return this.#subscribe({ stream }, options);
  }

  /**
   * Subscribes to a category: a poke for each message from a global position on, those that are there
   * and those that come. The subscription reconnects when its connection breaks off, and continues
   * after the last poke.
   *
   * @param category The category.
   * @param options From where on, for how long, and which messages.
   * @returns The pokes. Break the loop or abort the signal to end it.
   * @throws {EventoDBError} As {@linkcode EventoDBClient.subscribeToStream}.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { EventoDBClient } from "@eventodb/cli";
   * import { serve } from "@eventodb/cli/server";
   *
   * await using server = await serve({ port: 0, testMode: true });
   * const client = new EventoDBClient({ url: server.url });
   * await client.streamWrite("account-1", { type: "Opened", data: {} });
   *
   * for await (const poke of client.subscribeToCategory("account")) {
   *   assertEquals(poke, { stream: "account-1", position: 0, globalPosition: 1 });
   *   break;
   * }
   * ```
   */
  subscribeToCategory(
    category: string,
    options: SubscribeToCategoryOptions = {},
  ): AsyncIterableIterator<Poke, void> {
    const { correlation, consumerGroup } = options;
    checkCategory(category);
    checkConsumerGroup(consumerGroup);
    const { member: consumer, size } = consumerGroup ?? {};
    return this.#subscribe({ category, correlation, consumer, size }, options);
  }

  /**
   * Subscribes to all messages: a poke for each from a global position on, those that are there and
   * those that come. The subscription reconnects when its connection breaks off, and continues after
   * the last poke.
   *
   * @param options From where on, for how long, and which messages.
   * @returns The pokes. Break the loop or abort the signal to end it.
   * @throws {EventoDBError} As {@linkcode EventoDBClient.subscribeToStream}.
   */
  subscribeToAll(options: SubscribeToAllOptions = {}): AsyncIterableIterator<Poke, void> {
    const { correlation } = options;
    return this.#subscribe({ all: true, correlation }, options);
  }

  /**
   * Makes a namespace.
   *
   * @param namespace Its id.
   * @param options What goes with it.
   * @returns The namespace and its token, which is shown only now.
   * @throws {EventoDBError} `NAMESPACE_EXISTS`, `AUTH_UNAUTHORIZED`.
   */
  async namespaceCreate(
    namespace: string,
    options: NamespaceCreateOptions = {},
  ): Promise<CreatedNamespace> {
    return await this.#rpc.once(calls.namespaceCreate(namespace, options), {
      signal: options.signal,
    });
  }

  /**
   * Gives a namespace another token. The old one ends at once, and with it the subscriptions that it
   * opened. Servers written in Go do not know this call.
   *
   * @param namespace Its id.
   * @param options The token that it is to have. Default: a new one.
   * @returns The namespace and its token, which is shown only now.
   * @throws {EventoDBError} `NAMESPACE_NOT_FOUND`, `AUTH_UNAUTHORIZED`, `METHOD_NOT_FOUND`.
   */
  async namespaceRotateToken(
    namespace: string,
    options: NamespaceRotateTokenOptions = {},
  ): Promise<RotatedToken> {
    return await this.#rpc.once(calls.namespaceRotateToken(namespace, options.token), {
      signal: options.signal,
    });
  }

  /**
   * Deletes a namespace and its messages.
   *
   * @param namespace Its id.
   * @param options Signal.
   * @returns How many messages there were.
   * @throws {EventoDBError} `NAMESPACE_NOT_FOUND`, `AUTH_UNAUTHORIZED`, `IMPORT_IN_PROGRESS`.
   */
  async namespaceDelete(namespace: string, options?: CallOptions): Promise<DeletedNamespace> {
    return await this.#rpc.once(calls.namespaceDelete(namespace), options);
  }

  /**
   * Lists all namespaces.
   *
   * @param options Signal.
   * @returns The namespaces, by id.
   * @throws {EventoDBError} `AUTH_UNAUTHORIZED` unless the token is the administrator's.
   */
  namespaceList(options?: CallOptions): Promise<NamespaceSummary[]> {
    return this.#rpc.read(calls.namespaceList, options);
  }

  /**
   * Gets what is known of a namespace.
   *
   * @param namespace Its id.
   * @param options Signal.
   * @returns Counts, times and the highest global position.
   * @throws {EventoDBError} `NAMESPACE_NOT_FOUND`, `AUTH_UNAUTHORIZED`.
   */
  async namespaceInfo(namespace: string, options?: CallOptions): Promise<NamespaceInfo> {
    return await this.#rpc.read(calls.namespaceInfo(namespace), options);
  }

  /**
   * Lists the streams of the token's namespace.
   *
   * @param options Which.
   * @returns The streams, by name in byte order.
   */
  async namespaceStreams(options: NamespaceStreamsOptions = {}): Promise<StreamSummary[]> {
    return await this.#rpc.read(calls.namespaceStreams(options), { signal: options.signal });
  }

  /**
   * Lists the categories of the token's namespace.
   *
   * @param options Signal.
   * @returns The categories, by name.
   */
  namespaceCategories(options?: CallOptions): Promise<CategorySummary[]> {
    return this.#rpc.read(calls.namespaceCategories, options);
  }

  /**
   * Asks for the server's version by `sys.version`, which needs a token.
   *
   * @param options Signal.
   * @returns The version.
   */
  systemVersion(options?: CallOptions): Promise<string> {
    return this.#rpc.read(calls.systemVersion, options);
  }

  /**
   * Asks how the server is.
   *
   * @param options Signal.
   * @returns Its status, its backend, and the connections to it.
   */
  systemHealth(options?: CallOptions): Promise<ServerHealth> {
    return this.#rpc.read(calls.systemHealth, options);
  }

  /**
   * Asks for the server's version and features by `GET /version`, which needs no token.
   *
   * @param options Signal.
   * @returns The version, and what the server can do.
   */
  version(options: CallOptions = {}): Promise<ServerVersion> {
    const attempt = () => serverVersion(this.#transport, options.signal);
    return withRetries(attempt, this.retryPolicy, options);
  }

  /**
   * Imports records into the token's namespace, by `POST /import`. It is not tried again: the body
   * can be read only once.
   *
   * A browser sends no streams: there a stream is read first, up to 1 GiB, and a `Blob`, as a `File` is
   * one, is sent as it is, of any size.
   *
   * @param records NDJSON as an export writes it, in chunks cut anywhere.
   * @param options What to do with existing events, and the listeners for its progress.
   * @returns How many were imported and skipped, once they are committed.
   * @throws {EventoDBError} What is wrong with the records, with the line; `IMPORT_IN_PROGRESS`;
   * `OUTCOME_UNKNOWN` when everything was sent and no response came.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { EventoDBClient } from "@eventodb/cli";
   * import { serve } from "@eventodb/cli/server";
   *
   * await using server = await serve({ port: 0, testMode: true });
   * const client = new EventoDBClient({ url: server.url });
   * const line = '{"id":"550e8400-e29b-41d4-a716-446655440000","stream":"order-1",' +
   *   '"type":"Created","pos":0,"gpos":47,"data":{},"meta":null,"time":"2025-07-15T10:00:00Z"}';
   *
   * const { imported } = await client.upload(new Blob([line]).stream());
   * assertEquals(imported, 1);
   * const written = await client.streamWrite("order-1", { type: "Paid", data: {} });
   * assertEquals(written, { position: 1, globalPosition: 48 });
   * ```
   */
  upload(
    records: ReadableStream<Uint8Array> | Blob,
    options?: UploadOptions,
  ): Promise<ImportResult> {
    return upload(this.#transport, records, options, this.retryPolicy.onRetry);
  }

  /**
   * Exports messages as they arrive, by `GET /export`, or by `POST /export` where the selection is too long for a
   * URL, in one request that is not tried again. Only for a server whose features name `export`, and `select` for
   * what is beyond categories, times and positions. Leaving the loop cancels what has not come yet.
   *
   * @param slice Which messages.
   * @param options Signal.
   * @returns NDJSON, in chunks cut anywhere; where nothing matches for long, an empty line now and then.
   * @throws {EventoDBError} The server's error; `CONNECTION_FAILED` also where it breaks off.
   */
  exportArriving(
    slice: Slice,
    options: CallOptions = {},
  ): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    return exportArriving(this.#transport, slice, options.signal);
  }

  /**
   * Finds what is related to some streams, by `GET /related`. Only for a server whose features name `relate`.
   *
   * @param slice Which streams, in `relatedTo`, and how far to go from them.
   * @param options Signal.
   * @returns The streams that belong together, and why.
   * @throws {EventoDBError} `INVALID_REQUEST`: a stream is not there, or there are more events than `eventsMax`.
   */
  related(slice: Slice, options: CallOptions = {}): Promise<RelatedStreams> {
    const attempt = () => related(this.#transport, slice, options.signal);
    return withRetries(attempt, this.retryPolicy, options);
  }

  #subscribe(query: SubscriptionQuery, options: SubscribeOptions): Subscription {
    checkIntegers({ position: options.position });
    return new Subscription(this.#transport, this.retryPolicy, query, options);
  }
}
