/**
 * `GET /subscribe`: pokes, over as many connections as it takes.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { retryDelayMaxMs, subscriptionErrorCharsMax, subscriptionIdleMs } from "./limits.ts";
import type { Poke } from "../message.ts";
import type { ServerResponse } from "./response.ts";
import { delay } from "../deps/delay.ts";
import { isWorthRetrying, mayPass, retryDelayOf, type RetryPolicy } from "./retry.ts";
import { serverEvents } from "./server_events.ts";
import type { SubscribeToAllOptions } from "./subscribe_options.ts";
import type { Transport } from "./transport.ts";

/** What is subscribed to, as the query of a request. */
export type SubscriptionQuery = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * A subscription. Nothing is sent before the first poke is asked for. A class, since a generator
 * that waits for a poke cannot be made to return.
 */
export class Subscription implements AsyncIterableIterator<Poke, void> {
  readonly #left = new AbortController();
  readonly #pokes: AsyncGenerator<Poke, void>;

  /**
   * @param transport What sends requests.
   * @param policy How often to try the first connection, and how long apart all of them.
   * @param query What to subscribe to.
   * @param options From where on, for how long.
   */
  constructor(
    transport: Transport,
    policy: RetryPolicy,
    query: SubscriptionQuery,
    options: SubscribeToAllOptions,
  ) {
    const { signal } = options;
    const ended = signal === undefined
      ? this.#left.signal
      : AbortSignal.any([signal, this.#left.signal]);
    this.#pokes = follow(transport, policy, query, options, ended);
  }

  /** Waits for the next poke. */
  next(): Promise<IteratorResult<Poke, void>> {
    return this.#pokes.next();
  }

  /** Lets the connection go, also while a poke is waited for. */
  return(): Promise<IteratorResult<Poke, void>> {
    this.#left.abort();
    return this.#pokes.return();
  }

  /** The subscription itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }
}

async function* follow(
  transport: Transport,
  policy: RetryPolicy,
  query: SubscriptionQuery,
  options: SubscribeToAllOptions,
  signal: AbortSignal,
): AsyncGenerator<Poke, void> {
  let next = firstPosition(query, options);
  let connected = false;
  let failures = 0;
  const started = performance.now();
  while (!signal.aborted) {
    const began = performance.now();
    let failure: EventoDBError;
    try {
      // The position alone says where to go on: every server knows it, and `Last-Event-ID` would be
      // one more header that a browser has to ask for.
      const response = await transport.send({
        path: `/subscribe?${search({ ...query, position: next })}`,
        method: "GET",
        headers: { Accept: "text/event-stream" },
        timeoutMs: options.idleTimeoutMs ?? subscriptionIdleMs,
        signal,
      });
      try {
        connected = true;
        for await (const poke of pokesOf(response, (position) => next ??= position + 1)) {
          failures = 0;
          const after = 1 + ("stream" in query ? poke.position : poke.globalPosition);
          next = Math.max(next ?? 0, after);
          yield poke;
        }
      } finally {
        await response.close();
      }
      failure = new EventoDBError("CONNECTION_FAILED", `${transport.url} ended the subscription`);
    } catch (error) {
      if (signal.aborted) return;
      if (!mayPass(error)) throw error;
      failure = error;
    }
    // A server that ends each connection at once is not asked faster and faster.
    if (performance.now() - began > retryDelayMaxMs) failures = 0;
    failures++;
    if (failures > (options.retries ?? (connected ? Infinity : policy.retries))) throw failure;
    const delayMs = retryDelayOf(failures, policy.retryDelayMs);
    if (options.retries === undefined && !connected) {
      const elapsedMs = performance.now() - started + delayMs;
      if (!isWorthRetrying(failure, policy, elapsedMs)) throw failure;
    }
    policy.onRetry?.({ error: failure, attempt: failures, delayMs });
    await delay(delayMs, { signal }).catch(() => {});
  }
}

function search(query: SubscriptionQuery): URLSearchParams {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
}

/** All messages without a position, or from 0 on, are those that come from now on, to a server. */
function firstPosition(
  query: SubscriptionQuery,
  { position, from }: SubscribeToAllOptions,
): number | undefined {
  if (!("all" in query)) return position ?? 0;
  if (from === undefined) return Math.max(position ?? 1, 1);
  if (position === undefined) return undefined;
  throw new EventoDBError(
    "INVALID_REQUEST",
    `Cannot subscribe both from now on and from position ${position} on: use only one`,
  );
}

async function* pokesOf(
  response: ServerResponse,
  onPosition: (globalPosition: number) => void,
): AsyncGenerator<Poke> {
  const type = response.raw.headers.get("Content-Type") ?? "";
  if (!/^text\/event-stream\b/i.test(type)) throw await response.error();
  for await (const { event, data } of serverEvents(withPosition(response.chunks(), onPosition))) {
    if (event === "poke") yield parsePoke(response, data);
  }
}

/**
 * Looks for the position that a server sends before the first poke: an event that has an id and no data,
 * which a parser passes over.
 */
async function* withPosition(
  chunks: AsyncIterable<string>,
  onPosition: (globalPosition: number) => void,
): AsyncGenerator<string> {
  let head: string | undefined = "";
  for await (const chunk of chunks) {
    if (head !== undefined) {
      head += chunk;
      const position = /^id: ?(\d{1,16})\r?\n\r?\n/m.exec(head)?.[1];
      if (position !== undefined) onPosition(Number(position));
      if (
        position !== undefined || head.includes("data:") || head.length > subscriptionErrorCharsMax
      ) {
        head = undefined;
      }
    }
    yield chunk;
  }
}

function parsePoke(response: ServerResponse, data: string): Poke {
  let value: Partial<Record<keyof Poke, unknown>> | null;
  try {
    value = JSON.parse(data);
  } catch (cause) {
    throw response.unexpected(data, cause);
  }
  const { stream, position, globalPosition } = value ?? {};
  if (
    typeof stream !== "string" || typeof position !== "number" || typeof globalPosition !== "number"
  ) throw response.unexpected(data);
  return { stream, position, globalPosition };
}
