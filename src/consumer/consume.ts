/**
 * The consumer: a category's messages, one by one, from a position that is kept.
 *
 * @module
 */

import type { EventoDBClient } from "../client/client.ts";
import { PageReader } from "../client/page_reader.ts";
import {
  type JsonObject,
  type MessageOf,
  type ParsedMessage,
  parsePayloads,
  type Payload,
} from "../client/parsed_message.ts";
import { EventoDBError } from "../errors.ts";
import { excerpt } from "../excerpt.ts";
import { consumerBatchMessages, consumerPollMs, consumerSaveEvery } from "./limits.ts";
import type { Message } from "../message.ts";
import type { ConsumeOptions, MessageHandler } from "./options.ts";
import { checkCategory, checkConsumerGroup, checkIntegers } from "../client/call_checks.ts";
import { refuseAhead } from "./ahead.ts";
import { MemoryPositionStore } from "./position_store.ts";
import { Pulse } from "./pulse.ts";
import { StreamPositionStore } from "./stream_position_store.ts";

/**
 * Hands the messages of a category to a function, with payloads as texts.
 *
 * @param client The server.
 * @param category The category; `""` for all messages.
 * @param handler What to do with each message.
 * @param options Which messages, and where the position is kept.
 * @returns Nothing, once the signal has ended it.
 */
export function consume(
  client: EventoDBClient,
  category: string,
  handler: MessageHandler<Message>,
  options: ConsumeOptions<true> & { raw: true },
): Promise<void>;
/**
 * Hands the messages of a category to a function: those that are there from the kept position on, and
 * those that come.
 *
 * Messages come one after the other, by global position, so that those of a stream are never out of
 * order. Each comes at least once: the position is saved only after the handler, and a process that
 * ends in between gets the message again. A handler that keeps the position in the transaction of its
 * own changes makes that once. Once it has read something, a consumer outlasts its server: it waits,
 * longer and longer, until the server is there again.
 *
 * @typeParam T The type of the payload, or of the events. It is taken on trust.
 * @param client The server.
 * @param category The category; `""` for all messages.
 * @param handler What to do with each message.
 * @param options Which messages, and where the position is kept.
 * @returns Nothing, once the signal has ended it.
 * @throws {EventoDBError} `INVALID_REQUEST` when the position store returns something else than a position, or the
 * category is the name of a stream; `POSITION_AHEAD` when the position is above the namespace's highest;
 * `HANDLER_FAILED` with the handler's error as `cause` and the message's position
 * in `details`; what the server refuses; `CONNECTION_FAILED` when it cannot be reached at the start.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { consume, createHandler, EventoDBClient, MemoryPositionStore, openStore } from "@eventodb/cli";
 *
 * await using store = await openStore("sqlite://memory");
 * await using handler = createHandler({ store, testMode: true });
 * const client = new EventoDBClient({ url: "http://in-process", fetch: handler });
 * await client.streamWrite("account-1", { type: "Deposited", data: { amount: 10 } });
 * await client.streamWrite("account-1", { type: "Deposited", data: { amount: 20 } });
 *
 * let balance = 0;
 * const end = new AbortController();
 * const positionStore = new MemoryPositionStore();
 * await consume(client, "account", ({ data }) => {
 *   balance += Number(data?.amount);
 *   if (balance === 30) end.abort();
 * }, { positionStore, signal: end.signal });
 * assertEquals(positionStore.load(), 2);
 * ```
 */
export function consume<T extends Payload | null = JsonObject | null>(
  client: EventoDBClient,
  category: string,
  handler: MessageHandler<MessageOf<T>>,
  options?: ConsumeOptions<false>,
): Promise<void>;
export async function consume(
  client: EventoDBClient,
  category: string,
  handler: MessageHandler<Message> | MessageHandler<ParsedMessage>,
  options: ConsumeOptions = {},
): Promise<void> {
  const { correlation, consumerGroup, signal } = options;
  const positionStore = options.positionStore ?? new MemoryPositionStore();
  checkCategory(category);
  if (correlation !== undefined) checkCategory(correlation);
  checkIntegers({ batchSize: options.batchSize });
  checkConsumerGroup(consumerGroup);
  refuseOwnPositions(category, positionStore);
  const hand = (options.raw ? handler : parsing(handler)) as MessageHandler<Message>;
  const context = { signal: signal ?? new AbortController().signal };

  let handled = checkPosition(await positionStore.load() ?? 0);
  let unsaved = 0;
  const save = async () => {
    if (unsaved === 0) return;
    await positionStore.save(handled);
    unsaved = 0;
  };

  const reader = new PageReader(
    (position, batchSize, signal) =>
      client.categoryArriving(category, {
        position,
        batchSize,
        correlation,
        consumerGroup,
        signal,
      }),
    {
      from: handled + 1,
      batchSize: options.batchSize ?? consumerBatchMessages,
      positionOf: (message) => message.globalPosition,
      signal,
    },
  );
  // A wrong address shows at once; a server that was there once comes back.
  let policy = client.retryPolicy;
  let pulse: Pulse | undefined;
  try {
    if (handled > 0 && options.onAhead !== "wait" && !signal?.aborted) {
      await refuseAhead(client, handled, signal);
    }
    while (!signal?.aborted) {
      // A poke that comes from here on may be for what this page has just missed.
      const known = pulse?.highest ?? 0;
      const { messages, isLast } = await reader.read(policy);
      policy = { ...client.retryPolicy, retries: Infinity };
      for (const message of messages) {
        if (signal?.aborted) break;
        // Before the handler gets hold of the message, which is then its own.
        const { globalPosition } = message;
        await handle(message, hand, context);
        handled = globalPosition;
        if (++unsaved >= (options.saveEvery ?? consumerSaveEvery)) await save();
      }
      await save();
      if (!isLast || signal?.aborted) continue;
      // Only now, so that a long history is not poked through as well.
      pulse ??= new Pulse(subscribe(client, category, reader.next, options));
      const position = Math.max(known, reader.next - 1);
      await pulse.above(position, options.pollIntervalMs ?? consumerPollMs, signal);
    }
  } catch (error) {
    // What was handled before need not come again. That this fails too is not the news.
    await Promise.resolve().then(save).catch(() => {});
    if (!signal?.aborted || error !== signal.reason) throw error;
  } finally {
    await pulse?.end();
  }
}

/** A consumer that reads what it writes would never come to an end. */
function refuseOwnPositions(category: string, positionStore: unknown): void {
  if (!(positionStore instanceof StreamPositionStore)) return;
  if (category !== "" && category !== positionStore.category) return;
  throw new EventoDBError(
    "INVALID_REQUEST",
    `Cannot keep the position in a stream of the category ${
      JSON.stringify(positionStore.category)
    } that is consumed: saving it would be one more message to handle. Keep it in your own database`,
  );
}

/** Some databases give integers as texts, and "89" + 1 is 891. */
function checkPosition(loaded: unknown): number {
  if (typeof loaded === "number" && Number.isSafeInteger(loaded) && loaded >= 0) return loaded;
  throw new EventoDBError(
    "INVALID_REQUEST",
    `Cannot consume: the position store returned the ${typeof loaded} ${
      excerpt(String(loaded))
    }, ` +
      "but a position must be a number, an integer of at least 0",
  );
}

function parsing(handler: unknown): MessageHandler<Message> {
  const own = handler as MessageHandler<ParsedMessage>;
  return (message, context) => own(parsePayloads(message), context);
}

function subscribe(
  client: EventoDBClient,
  category: string,
  position: number,
  { correlation, consumerGroup, signal }: ConsumeOptions,
) {
  const options = { position, correlation, signal, retries: Infinity };
  return category === ""
    ? client.subscribeToAll(options)
    : client.subscribeToCategory(category, { ...options, consumerGroup });
}

async function handle(
  message: Message,
  handler: MessageHandler<Message>,
  context: { signal: AbortSignal },
): Promise<void> {
  try {
    await handler(message, context);
  } catch (cause) {
    if (context.signal.aborted && cause === context.signal.reason) throw cause;
    const { id, stream, type, position, globalPosition } = message;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EventoDBError(
      "HANDLER_FAILED",
      `Cannot handle the ${JSON.stringify(type)} at position ${position} of ` +
        `${JSON.stringify(stream)}, global position ${globalPosition}: ${reason}`,
      { cause, details: { id, stream, type, position, globalPosition } },
    );
  }
}
