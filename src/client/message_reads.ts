/**
 * The methods that return messages, with payloads as texts or parsed.
 *
 * @module
 */

import { batchSizeDefault } from "../limits.ts";
import type { Message } from "../message.ts";
import { parseCategoryMessage, parseStreamMessage } from "../record/wire.ts";
import type { SearchPage } from "../search_page.ts";
import { checkCategory, checkIntegers } from "./call_checks.ts";
import * as calls from "./calls.ts";
import { readPages } from "./page_reader.ts";
import { type ParsedMessage, parsePayloads } from "./parsed_message.ts";
import type {
  CategoryGetOptions,
  PayloadOptions,
  ReadCategoryOptions,
  ReadStreamOptions,
  StreamGetOptions,
  StreamLastOptions,
} from "./read_options.ts";
import type { RetryPolicy } from "./retry.ts";
import type { Rpc } from "./rpc.ts";
import { parseSearchPage, type SearchQuery } from "./search.ts";

/** A message as it is stored, or with its payloads parsed. */
type AnyMessage = Message | ParsedMessage;

/** Reads messages; {@linkcode EventoDBClient} documents what its methods of the same names do. */
export class MessageReads {
  readonly #rpc: Rpc;
  readonly #policy: RetryPolicy;

  constructor(rpc: Rpc, policy: RetryPolicy) {
    this.#rpc = rpc;
    this.#policy = policy;
  }

  async streamGet(stream: string, options: StreamGetOptions): Promise<Message[] | ParsedMessage[]> {
    const messages = await this.#rpc.readMessages(
      calls.streamGet(stream, options),
      (message) => parseStreamMessage(message, stream),
      options,
    );
    return options.raw ? messages : messages.map(parsePayloads);
  }

  async streamLast(stream: string, options: StreamLastOptions): Promise<AnyMessage | null> {
    const message = await this.#rpc.readOptionalMessage(
      calls.streamLast(stream, options.type),
      (element) => parseStreamMessage(element, stream),
      options,
    );
    return options.raw || message === null ? message : parsePayloads(message);
  }

  async categoryGet(
    category: string,
    options: CategoryGetOptions,
  ): Promise<Message[] | ParsedMessage[]> {
    const messages = await this.#rpc.readMessages(
      calls.categoryGet(category, options),
      parseCategoryMessage,
      options,
    );
    return options.raw ? messages : messages.map(parsePayloads);
  }

  categoryArriving(
    category: string,
    options: Omit<CategoryGetOptions, "raw">,
  ): AsyncGenerator<Message[]> {
    return this.#rpc.arrivingMessages(
      calls.categoryGet(category, options),
      parseCategoryMessage,
      options,
    );
  }

  readStream(stream: string, options: ReadStreamOptions): AsyncGenerator<AnyMessage, void> {
    const { position = 0, batchSize = batchSizeDefault, raw, signal } = options;
    checkIntegers({ position, batchSize });
    return readPages<AnyMessage>(
      (from, batchSize, signal) =>
        this.#rpc.arrivingMessages(
          calls.streamGet(stream, { position: from, batchSize }),
          (message) => parseStreamMessage(message, stream),
          { signal },
        ),
      this.#policy,
      { from: position, batchSize, positionOf: (message) => message.position, signal },
      raw ? (message) => message : parsePayloads,
    );
  }

  readCategory(category: string, options: ReadCategoryOptions): AsyncGenerator<AnyMessage, void> {
    const { position = 1, batchSize = batchSizeDefault, raw, signal, ...which } = options;
    checkCategory(category);
    checkIntegers({ position, batchSize });
    return readPages<AnyMessage>(
      (position, batchSize, signal) =>
        this.categoryArriving(category, { ...which, position, batchSize, signal }),
      this.#policy,
      { from: position, batchSize, positionOf: (message) => message.globalPosition, signal },
      raw ? (message) => message : parsePayloads,
    );
  }

  async search(
    query: SearchQuery,
    { raw, ...call }: PayloadOptions,
  ): Promise<SearchPage<AnyMessage>> {
    const page = await this.#rpc.readText(calls.search(query), parseSearchPage, call);
    return raw ? page : { ...page, messages: page.messages.map(parsePayloads) };
  }
}
