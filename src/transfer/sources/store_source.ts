/**
 * A store as the source of an export.
 *
 * @module
 */

import type { Store } from "../../store/store.ts";
import type { ExportPiece, ExportSource, SourceQuery } from "../export.ts";
import { linePieces } from "../reading/line_pieces.ts";
import { messagePieces } from "../reading/message_pieces.ts";
import { storeLines } from "../reading/store_lines.ts";

/** Reads a namespace of a store. */
export class StoreSource implements ExportSource {
  readonly #store: Store;
  readonly #namespace: string;

  /**
   * @param store The store.
   * @param namespace The namespace's id.
   */
  constructor(store: Store, namespace: string) {
    this.#store = store;
    this.#namespace = namespace;
  }

  /** Always known. */
  async lastPosition(): Promise<number> {
    return (await this.#store.namespaceInfo(this.#namespace)).globalPosition;
  }

  /** The store chooses by itself. */
  read(query: SourceQuery): AsyncIterable<ExportPiece> {
    const { signal: _, slice, ...bounds } = query;
    if (slice !== undefined && bounds.to !== undefined) {
      const chosen = { ...slice, ...bounds, to: bounds.to };
      return linePieces(storeLines(this.#store, this.#namespace, chosen), query);
    }
    const pages = this.#store.readMessages(this.#namespace, { ...bounds, limit: Infinity });
    return messagePieces(pages, query);
  }
}
