/**
 * Links that are found by the index of links, and by the index of streams.
 *
 * @module
 */

import { linkStreamsAskedMax, streamsLimitMax } from "../limits.ts";
import { linkIndexAttemptsMax } from "./limits.ts";
import type { LinkSource, OddValues, StreamLink } from "../slice/links/link_source.ts";
import type { StreamsQuery, StreamSummary } from "../listings.ts";
import type { EventIndex, LinkBounds, LinkPages, TimeBounds } from "./event_index.ts";
import {
  catchUp,
  type CatchUpOptions,
  indexUnstable,
  LinksCleared,
  type LinkSteps,
  type LinkTable,
} from "./link_table.ts";

/** What finds the events of a namespace and the links between them, of the messages that it had when it was opened. */
export interface NamespaceIndexes {
  index: EventIndex;
  table: LinkTable;
}

/** What {@linkcode IndexedLinks} reads. */
export interface IndexedLinksParts extends NamespaceIndexes {
  steps: LinkSteps;
  listStreams(query: StreamsQuery): Promise<StreamSummary[]>;
}

export class IndexedLinks implements LinkSource {
  readonly #parts: IndexedLinksParts;
  readonly #to: number;
  readonly #window: TimeBounds;
  readonly #options: CatchUpOptions;
  #epoch = 0;

  constructor(
    parts: IndexedLinksParts,
    { to = Number.MAX_SAFE_INTEGER, ...window }: LinkBounds,
    options: CatchUpOptions = {},
  ) {
    this.#parts = parts;
    this.#to = to;
    this.#window = window;
    this.#options = options;
  }

  /** Brings the index up to date; before that there are no links. */
  async catchUp(): Promise<void> {
    this.#epoch = await catchUp(this.#parts.table, this.#parts.steps, this.#options);
  }

  async *linksFrom(streams: readonly string[]): AsyncGenerator<StreamLink> {
    const { index } = this.#parts;
    const positions = await index.positions({ streams, from: 0, to: this.#to, max: Infinity });
    for await (const links of index.linksAt(positions!, this.#window)) yield* links;
  }

  /** The index knows no times: in a window, those that may link are asked whether they do. */
  async *linksTo(streams: readonly string[]): AsyncGenerator<StreamLink> {
    const found = this.#linksTo(streams);
    if (this.#window.since === undefined && this.#window.until === undefined) {
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
  async *#linksTo(streams: readonly string[]): LinkPages {
    const { table } = this.#parts;
    if (this.#epoch === 0) return;
    for (let attempt = 0; attempt < linkIndexAttemptsMax; attempt++) {
      try {
        return yield* table.linksTo(streams, this.#to, this.#epoch);
      } catch (error) {
        if (!(error instanceof LinksCleared)) throw error;
        // What has come by now may come again.
        await this.catchUp();
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
