/**
 * One category of a server, page by page.
 *
 * @module
 */

import type { EventoDBClient } from "../../client/client.ts";
import { PageReader } from "../../client/page_reader.ts";
import { pageMessagesMax } from "../../limits.ts";
import type { Message } from "../../message.ts";
import type { SourceQuery } from "../export.ts";
import type { PageCursor } from "./merge.ts";

/** Reads one category, and goes on after the last message when a request breaks off. */
export class CategoryCursor implements PageCursor {
  readonly #client: EventoDBClient;
  readonly #category: string;
  readonly #to: number;
  readonly #reader: PageReader;
  /** Whether all up to the highest position has been read. */
  #ended = false;

  /**
   * @param client The server.
   * @param category The category; `""` for all.
   * @param query From which global position on, and up to which; without `to`, up to the first empty page.
   * @param charsMax A page ends once its payloads have this many characters.
   */
  constructor(
    client: EventoDBClient,
    category: string,
    { from, to = Infinity, signal }: Pick<SourceQuery, "from" | "to" | "signal">,
    charsMax: number,
  ) {
    this.#client = client;
    this.#category = category;
    this.#to = to;
    this.#reader = new PageReader((from, batchSize, signal) => this.#ask(from, batchSize, signal), {
      from,
      signal,
      charsMax,
      batchSize: pageMessagesMax,
      positionOf: ({ globalPosition }) => globalPosition,
    });
  }

  /**
   * Reads the next page. A request that breaks off after messages have come makes a short one.
   *
   * @returns The messages; an empty page at the end.
   * @throws {EventoDBError} What is left of the failures after all retries.
   */
  async next(): Promise<Message[]> {
    if (this.#ended || this.#reader.next > this.#to) return [];
    return (await this.#reader.read(this.#client.retryPolicy)).messages;
  }

  async *#ask(
    from: number,
    batchSize: number,
    signal?: AbortSignal,
  ): AsyncGenerator<Message[]> {
    const options = { position: from, batchSize, signal };
    for await (const messages of this.#client.categoryArriving(this.#category, options)) {
      if (messages.every(({ globalPosition }) => globalPosition <= this.#to)) yield messages;
      else {
        this.#ended = true;
        yield messages.filter(({ globalPosition }) => globalPosition <= this.#to);
        // Leaving the loop cancels what has not come yet.
        return;
      }
    }
  }
}
