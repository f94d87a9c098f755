/**
 * Messages page by page, with flat memory however large they are, and over a network that fails.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { batchSizeMax, pageCharsMax } from "../limits.ts";
import { type Message, payloadChars } from "../message.ts";
import { mayPass, type RetryPolicy, withRetries } from "./retry.ts";

/** Asks for messages once, from a position on. */
export type AskForMessages = (
  from: number,
  batchSize: number,
  signal?: AbortSignal,
) => AsyncIterable<Message[]>;

/** How to page. */
export interface PageReaderOptions {
  /** First position to read. */
  from: number;
  /** Most messages of a page. */
  batchSize: number;
  /**
   * A page ends once its payloads have this many characters.
   *
   * @default {pageCharsMax}
   */
  charsMax?: number;
  /** Where a message stands in what is read. */
  positionOf: (message: Message) => number;
  /** Ends the reading. */
  signal?: AbortSignal;
}

/** A page. */
export interface Page {
  /** The messages; none at the end. */
  messages: Message[];
  /** Whether fewer came than were asked for, so that nothing was behind them at that time. */
  isLast: boolean;
}

/** Reads on from where the last page has ended, also when a request has broken off. */
export class PageReader {
  readonly #ask: AskForMessages;
  readonly #options: PageReaderOptions;
  /** How many messages to ask for: fewer where they are so large that a page cannot hold more. */
  #batchSize: number;
  /** What broke the last page off: the next request waits first. */
  #failure: unknown;
  /** The position after the last message read. */
  next: number;

  /**
   * @param ask Asks for messages.
   * @param options From where, and how many at once.
   */
  constructor(ask: AskForMessages, options: PageReaderOptions) {
    this.#ask = ask;
    this.#options = options;
    this.#batchSize = Math.min(Math.max(1, options.batchSize), batchSizeMax);
    this.next = options.from;
  }

  /**
   * Reads the next page. A request that breaks off after messages have come makes a short one.
   *
   * @param policy How often to try again.
   * @throws {EventoDBError} What is left of the failures after all retries.
   */
  async read(policy: RetryPolicy): Promise<Page> {
    const after = this.#failure;
    this.#failure = undefined;
    return await withRetries(() => this.#request(), policy, {
      signal: this.#options.signal,
      after,
    });
  }

  async #request(): Promise<Page> {
    const { positionOf, charsMax = pageCharsMax, signal } = this.#options;
    const batchSize = this.#batchSize;
    const messages: Message[] = [];
    let chars = 0;
    let isFull = false;
    try {
      // Leaving the loop cancels what has not come yet.
      reading: for await (const some of this.#ask(this.next, batchSize, signal)) {
        for (const message of some) {
          const position = positionOf(message);
          if (position < this.next) throw wentBack(position, this.next);
          messages.push(message);
          this.next = position + 1;
          chars += payloadChars(message);
          // Not at once when the last one asked for has come: the response is then read to its end.
          isFull = chars >= charsMax || messages.length > batchSize;
          if (isFull) break reading;
        }
      }
    } catch (error) {
      // What has come before a failure that may be temporary is good.
      if (messages.length === 0 || signal?.aborted || !mayPass(error)) throw error;
      this.#failure = error;
    }
    if (isFull) this.#batchSize = Math.min(messages.length, batchSize);
    else if (chars < charsMax / 2) {
      this.#batchSize = Math.min(2 * batchSize, this.#options.batchSize);
    }
    const isLast = messages.length < batchSize && !isFull && this.#failure === undefined;
    return { messages, isLast };
  }
}

/** A server that repeats itself would be read forever. */
function wentBack(position: number, next: number): EventoDBError {
  return new EventoDBError(
    "UNEXPECTED_ANSWER",
    `Cannot continue reading: the server sent position ${position}, which is not above ${next - 1}`,
    { details: { status: 200, position, next } },
  );
}

/**
 * Reads messages one by one, up to the first empty page. While one page is gone through, the next is
 * on its way.
 *
 * @param ask Asks for messages.
 * @param policy How often to try again.
 * @param options From where, and how many at once.
 * @param shape What to make of each.
 */
export async function* readPages<T>(
  ask: AskForMessages,
  policy: RetryPolicy,
  options: PageReaderOptions,
  shape: (message: Message) => T,
): AsyncGenerator<T, void> {
  const left = new AbortController();
  const signal = options.signal === undefined
    ? left.signal
    : AbortSignal.any([options.signal, left.signal]);
  const reader = new PageReader(ask, { ...options, signal });
  try {
    let page = await reader.read(policy);
    while (page.messages.length > 0) {
      const coming = reader.read(policy);
      // A reader that leaves in the middle of a page does not wait for the next one.
      coming.catch(() => {});
      for (const message of page.messages) yield shape(message);
      page = await coming;
    }
  } finally {
    left.abort();
  }
}
