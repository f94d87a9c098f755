/**
 * One category of a server, page by page.
 *
 * @module
 */

import type { EventoDBClient } from "../client/client.ts";
import { mayPass, withRetries } from "../client/retry.ts";
import { pageMessagesMax } from "../limits.ts";
import type { Message } from "../message.ts";
import { notAscending } from "./export.ts";
import type { PageCursor } from "./merge.ts";

/** What to read of a category. */
export interface CategoryCursorOptions {
  /** Lowest global position, inclusive. */
  from: number;
  /** Highest global position, inclusive. Absent: up to the first empty page. */
  to?: number;
  /** A page ends once its payloads have this many characters. */
  charsMax: number;
  /** Ends the reading. */
  signal?: AbortSignal;
}

/** Reads one category, and goes on after the last message when a request breaks off. */
export class CategoryCursor implements PageCursor {
  readonly #client: EventoDBClient;
  readonly #category: string;
  readonly #options: CategoryCursorOptions;
  /** Global position of the last message read. */
  #last: number;
  /** How many messages to ask for: fewer where they are so large that a page cannot hold more. */
  #batchSize = pageMessagesMax;
  /** What broke the last page off: the next request waits first. */
  #failure: unknown;

  /**
   * @param client The server.
   * @param category The category; `""` for all.
   * @param options Which of its messages, and how many at once.
   */
  constructor(client: EventoDBClient, category: string, options: CategoryCursorOptions) {
    this.#client = client;
    this.#category = category;
    this.#options = options;
    this.#last = options.from - 1;
  }

  /**
   * Reads the next page. A request that breaks off after messages have come makes a short one.
   *
   * @returns The messages; an empty page at the end.
   * @throws {EventoDBError} What is left of the failures after all retries.
   */
  async next(): Promise<Message[]> {
    const { to, signal } = this.#options;
    if (to !== undefined && this.#last >= to) return [];
    const after = this.#failure;
    this.#failure = undefined;
    return await withRetries(() => this.#request(), this.#client.retryPolicy, { signal, after });
  }

  async #request(): Promise<Message[]> {
    const { to = Infinity, charsMax, signal } = this.#options;
    const page: Message[] = [];
    let chars = 0;
    let full = false;
    try {
      const arriving = this.#client.categoryArriving(this.#category, {
        position: this.#last + 1,
        batchSize: this.#batchSize,
        signal,
      });
      // Leaving the loop cancels what has not come yet.
      reading: for await (const messages of arriving) {
        for (const message of messages) {
          const { globalPosition } = message;
          if (globalPosition <= this.#last) throw notAscending(globalPosition, this.#last);
          this.#last = globalPosition;
          if (globalPosition > to) break reading;
          page.push(message);
          chars += message.data.length + (message.metadata?.length ?? 0);
          full = chars >= charsMax;
          if (full) break reading;
        }
      }
    } catch (error) {
      // What has come before a failure that may pass is good.
      if (page.length === 0 || signal?.aborted || !mayPass(error)) throw error;
      this.#failure = error;
    }
    if (full) this.#batchSize = page.length;
    else if (chars < charsMax / 2) {
      this.#batchSize = Math.min(2 * this.#batchSize, pageMessagesMax);
    }
    return page;
  }
}
