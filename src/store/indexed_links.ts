/**
 * Links that are found by the index of links, and by the index of streams.
 *
 * @module
 */

import { linkStreamsAskedMax, streamsLimitMax } from "../limits.ts";
import { linkIndexAttemptsMax } from "./limits.ts";
import type { LinkSource, OddValues, StreamLink } from "../slice/links/link_source.ts";
import type { StreamsQuery, StreamSummary } from "../listings.ts";
import type { EventIndex, LinkBounds, TimeBounds } from "./event_index.ts";
import {
  catchUp,
  type CatchUpOptions,
  indexUnstable,
  LinksCleared,
  type LinkSteps,
  type LinkTable,
} from "./link_table.ts";

/** What {@linkcode IndexedLinks} reads. All of it is of the same set of messages. */
export interface IndexedLinksParts {
  /** Finds events by their streams. */
  index: EventIndex;
  /** Finds who links to a stream. */
  table: LinkTable;
  /** The steps of the store's tables. */
  steps: LinkSteps;
  /** Lists streams by name. */
  listStreams(query: StreamsQuery): Promise<StreamSummary[]>;
}

/** The links of a namespace that has an index of them. */
export class IndexedLinks implements LinkSource {
  readonly #parts: IndexedLinksParts;
  readonly #to: number;
  readonly #window: TimeBounds;
  readonly #hasWindow: boolean;
  readonly #options: CatchUpOptions;
  #epoch: number;

  private constructor(
    parts: IndexedLinksParts,
    { to, since, until }: LinkBounds,
    options: CatchUpOptions,
    epoch: number,
  ) {
    this.#parts = parts;
    this.#options = options;
    this.#epoch = epoch;
    this.#to = to ?? Number.MAX_SAFE_INTEGER;
    this.#window = { since, until };
    this.#hasWindow = since !== undefined || until !== undefined;
  }

  /** Opens the links of a namespace, and brings their index up to date. */
  static async open(
    parts: IndexedLinksParts,
    bounds: LinkBounds,
    options: CatchUpOptions = {},
  ): Promise<IndexedLinks> {
    return new IndexedLinks(
      parts,
      bounds,
      options,
      await catchUp(parts.table, parts.steps, options),
    );
  }

  async *linksFrom(streams: readonly string[]): AsyncGenerator<StreamLink> {
    const { index } = this.#parts;
    const positions = await index.positions({ streams, from: 0, to: this.#to, max: Infinity });
    for await (const links of index.linksAt(positions!, this.#window)) yield* links;
  }

  /** The index knows no times: in a window, those that may link are asked whether they do. */
  async *linksTo(streams: readonly string[]): AsyncGenerator<StreamLink> {
    const found = this.#linksTo(streams);
    if (!this.#hasWindow) {
      for await (const links of found) yield* links;
      return;
    }
    const targets = new Set(streams);
    const asked = new Set<string>();
    let candidates: string[] = [];
    const verified = async function* (this: IndexedLinks) {
      for await (const link of this.linksFrom(candidates)) if (targets.has(link.target)) yield link;
      candidates = [];
    }.bind(this);
    for await (const links of found) {
      for (const { stream } of links) {
        if (asked.has(stream)) continue;
        asked.add(stream);
        if (candidates.push(stream) === linkStreamsAskedMax) yield* verified();
      }
    }
    yield* verified();
  }

  /** Another server may find that the index lacks messages, and build it again. */
  async *#linksTo(streams: readonly string[]): AsyncGenerator<readonly StreamLink[], void> {
    const { table, steps } = this.#parts;
    if (this.#epoch === 0) return;
    for (let attempt = 0; attempt < linkIndexAttemptsMax; attempt++) {
      try {
        return yield* table.linksTo(streams, this.#to, this.#epoch);
      } catch (error) {
        if (!(error instanceof LinksCleared)) throw error;
        // What has come by now may come again.
        this.#epoch = await catchUp(table, steps, this.#options);
      }
    }
    throw indexUnstable();
  }

  countEvents(streams: readonly string[]): Promise<number[]> {
    return this.#parts.index.counts(streams, this.#to);
  }

  async *streams(prefix: string): AsyncGenerator<string> {
    let cursor = "";
    while (true) {
      const page = await this.#parts.listStreams({ prefix, cursor, limit: streamsLimitMax });
      const names = page.map(({ stream }) => stream);
      const counts = await this.countEvents(names);
      for (const [i, name] of names.entries()) if (counts[i]! > 0) yield name;
      if (page.length < streamsLimitMax) return;
      cursor = names.at(-1)!;
    }
  }

  /** Only declared links have those. */
  oddValues(): Promise<OddValues[]> {
    return Promise.resolve([]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}
