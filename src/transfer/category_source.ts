/**
 * A server as the source of an export, by the one method that every server has: pages of
 * `category.get`, several categories merged.
 *
 * @module
 */

import type { EventoDBClient } from "../client/client.ts";
import { EventoDBError } from "../errors.ts";
import { exportPageCharsMin, exportPagesCharsMax } from "../limits.ts";
import type { Message } from "../message.ts";
import { CategoryCursor } from "./category_cursor.ts";
import type { ExportQuery, ExportSource } from "./export.ts";
import { mergeAscending } from "./merge.ts";

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
  async lastPosition(signal?: AbortSignal): Promise<number | null> {
    if (this.#namespace === null) return null;
    try {
      const info = await this.#client.namespaceInfo(this.#namespace, { signal });
      return info.globalPosition ?? null;
    } catch (error) {
      if (error instanceof EventoDBError && error.code === "METHOD_NOT_FOUND") return null;
      throw error;
    }
  }

  /** Reads every category by a cursor of its own. Since and until are left to the export. */
  read(query: ExportQuery): AsyncIterable<Message[]> {
    const categories = query.categories === undefined ? [""] : [...new Set(query.categories)];
    const charsMax = Math.max(
      exportPageCharsMin,
      Math.floor(this.#pagesCharsMax / Math.max(1, categories.length)),
    );
    const cursors = categories.map((category) =>
      new CategoryCursor(this.#client, category, { ...query, charsMax })
    );
    return mergeAscending(cursors);
  }
}
