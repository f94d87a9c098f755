/**
 * A store as the source of an export.
 *
 * @module
 */

import { POSITION_MAX } from "../../message.ts";
import { LineHead } from "../../record/line_head.ts";
import type { LinkQuery, LinkSource } from "../../slice/links/link_source.ts";
import type { CatchUpOptions } from "../../store/link_table.ts";
import type { Store } from "../../store/store.ts";
import type { ExportSource, SourceLines, SourceQuery } from "../export.ts";
import { lastLine } from "../../record/whole_lines.ts";
import { storeLines } from "../reading/store_lines.ts";

/** Reads a namespace of a store. */
export class StoreSource implements ExportSource {
  readonly selects = true;
  readonly #store: Store;
  readonly #namespace: string;
  readonly #onIndexed: CatchUpOptions["onIndexed"];

  /**
   * @param namespace The namespace's id.
   * @param options A listener to the progress of the store's index of links.
   */
  constructor(store: Store, namespace: string, options: Pick<CatchUpOptions, "onIndexed"> = {}) {
    this.#store = store;
    this.#namespace = namespace;
    this.#onIndexed = options.onIndexed;
  }

  /** Always known. */
  async lastPosition(): Promise<number> {
    return (await this.#store.namespaceInfo(this.#namespace)).globalPosition;
  }

  /** By the store's index of links, which knows none that are declared. */
  async links(
    { paths, ...bounds }: LinkQuery,
    signal?: AbortSignal,
  ): Promise<LinkSource | undefined> {
    if (paths.length > 0) return undefined;
    return await this.#store.openLinks(this.#namespace, bounds, {
      signal,
      onIndexed: this.#onIndexed,
    });
  }

  /** The store chooses by itself. */
  async *read({ signal: _, slice, ...bounds }: SourceQuery): AsyncGenerator<SourceLines> {
    const chosen = { ...slice, ...bounds, to: bounds.to ?? POSITION_MAX };
    const head = new LineHead();
    for await (const bytes of storeLines(this.#store, this.#namespace, chosen)) {
      if (bytes.length > 0) head.read(lastLine(bytes), 0);
      yield bytes.length > 0 ? { bytes, last: head.globalPosition } : { bytes };
    }
  }
}
