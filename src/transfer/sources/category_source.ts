/**
 * A server as the source of an export, by the one method that every server has: pages of
 * `category.get`, several categories merged.
 *
 * @module
 */

import type { EventoDBClient } from "../../client/client.ts";
import { EventoDBError } from "../../errors.ts";
import type { Message } from "../../message.ts";
import { formatRecords } from "../../record/format.ts";
import { isWithin } from "../../slice/window.ts";
import { exportPageCharsMin, exportPagesCharsMax } from "../limits.ts";
import { CategoryCursor } from "../reading/category_cursor.ts";
import type { ExportSource, SourceLines, SourceQuery } from "../export.ts";
import { lastVisiblePosition } from "../reading/last_position.ts";
import { mergeAscending } from "../reading/merge.ts";

/** How to page. */
export interface CategorySourceOptions {
  /** Characters of payload in all pages together, beyond one message each. */
  pagesCharsMax?: number;
}

/** Reads a server by pages of `category.get`. */
export class CategorySource implements ExportSource {
  readonly #client: EventoDBClient;
  readonly #namespace: string | null;
  readonly #pagesCharsMax: number;

  /**
   * @param client The server, with a token.
   * @param namespace The token's namespace; `null` where it is not known.
   * @param options How to page.
   */
  constructor(
    client: EventoDBClient,
    namespace: string | null,
    options: CategorySourceOptions = {},
  ) {
    this.#client = client;
    this.#namespace = namespace;
    this.#pagesCharsMax = options.pagesCharsMax ?? exportPagesCharsMax;
  }

  /** What `ns.info` says; servers written in Go do not name it. */
  lastPosition(signal?: AbortSignal): Promise<number | null> {
    return lastVisiblePosition(this.#client, this.#namespace, signal);
  }

  /** Reads every category by a cursor of its own. The server knows nothing of times. */
  read(query: SourceQuery): AsyncIterable<SourceLines> {
    if (query.categories?.includes("")) {
      // To the server it would mean all of them.
      throw new EventoDBError("INVALID_REQUEST", 'Cannot export: "categories" is empty, got ""');
    }
    const categories = query.categories === undefined ? [""] : [...new Set(query.categories)];
    const charsMax = Math.max(
      exportPageCharsMin,
      Math.floor(this.#pagesCharsMax / Math.max(1, categories.length)),
    );
    const cursors = categories.map((category) =>
      new CategoryCursor(this.#client, category, query, charsMax)
    );
    return messageLines(mergeAscending(cursors), query);
  }
}

const encoder = new TextEncoder();

/** Writes messages as lines, leaving out those that are not in the window of time. No page is empty. */
async function* messageLines(
  pages: AsyncIterable<Message[]>,
  query: SourceQuery,
): AsyncGenerator<SourceLines> {
  for await (const page of pages) {
    const wanted = page.filter(({ time }) => isWithin(time, query));
    yield { bytes: encoder.encode(formatRecords(wanted)), last: page.at(-1)!.globalPosition };
  }
}
