/**
 * What an export has brought so far, for its progress and for what is said at its end.
 *
 * @module
 */

import type { Closure } from "../../slice/closure/closure_result.ts";
import type { Unmatched } from "../../slice/slice_filter.ts";
import type { ExportChunk, ExportOptions } from "../../transfer/export.ts";
import type { ExportOrigin } from "./export_origin.ts";

/** Counts what an export brings. */
export class ExportCount {
  readonly #origin: ExportOrigin;
  events = 0;
  /** The first global position that came. */
  first: number | null = null;
  /** The last one so far. */
  last: number | null = null;
  /** The last one that was looked at. */
  position = 0;
  /** The highest one that can come. */
  bound: number | null = null;
  /** Patterns that matched nothing. */
  unmatched: Unmatched = { streams: [], types: [] };
  /** What is related, where that was asked for and is known here. */
  closure: Closure | undefined;
  /** Of the categories that were asked for, those that have come. */
  categories: ReadonlySet<string> = new Set();
  /** Whether all events are read for their links, which is half of the work. */
  #links: "reading" | "read" | undefined;

  /** @param origin Where the events come from: a file knows how much of it has been read. */
  constructor(origin: ExportOrigin) {
    this.#origin = origin;
  }

  /** What the export is to call. */
  get listeners(): ExportOptions {
    return {
      onUnmatched: (unmatched) => this.unmatched = unmatched,
      onBound: (bound) => this.bound = bound,
      onProgress: (position) => this.position = position,
      onLinksRead: (position) => {
        this.position = position;
        this.#links = "reading";
      },
      onRelated: (closure) => {
        this.closure = closure;
        if (this.#links === "reading") this.#links = "read";
      },
    };
  }

  /** Counts a chunk. */
  add(chunk: ExportChunk): void {
    this.events += chunk.events;
    this.first ??= chunk.first;
    this.last = chunk.last;
    this.categories = chunk.categories;
  }

  /** Positions have gaps, but the share of them that is behind us is the share of the work. */
  get share(): number | undefined {
    const share = this.#origin.share ??
      (this.bound === null ? undefined : this.position / this.bound);
    if (share === undefined || this.#links === undefined) return share;
    return share / 2 + (this.#links === "read" ? 0.5 : 0);
  }
}
