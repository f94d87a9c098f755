/**
 * What an export would bring, counted.
 *
 * @module
 */

import { keyOfName, LineHead, nameOfKey } from "../../record/line_head.ts";
import { categoryOf } from "../../stream_name.ts";
import type { Closure, ClosureReason } from "./closure.ts";
import { StreamTable } from "../manifest/stream_table.ts";

/** What an export would have of a category. */
export interface CategoryPlan {
  /** Its name. */
  category: string;
  /** How many events. */
  events: number;
  /** How many streams. */
  streams: number;
  /** Bytes of the events' lines, uncompressed. */
  bytes: number;
}

/** What an export would have. */
export interface ExportPlan extends Omit<CategoryPlan, "category"> {
  /** Global position of the first event; `null` for none. */
  first: number | null;
  /** The same of the last. */
  last: number | null;
  /** Each category, by name. */
  categories: CategoryPlan[];
  /** Why streams are related, before other options have narrowed what comes. */
  related?: {
    /** How many streams. */
    streams: number;
    /** How many events those have. */
    events: number;
    /** Which link brought how many of them. */
    reasons: ClosureReason[];
    /** Values of declared links that name no stream. */
    oddValues: Closure["oddValues"];
    /** Categories of `stopAt` of which no stream was found. */
    stopAtUnmatched: string[];
  };
}

/** Counts what an export would have. */
export class PlanCount implements Disposable {
  readonly #head = new LineHead();
  readonly #categories = new Map<string, CategoryPlan>();
  readonly #streams = new StreamTable();
  /** How many events so far. */
  events = 0;
  #bytes = 0;
  #first: number | null = null;
  #last: number | null = null;

  /** Adds lines. @param bytes Whole lines, each with its line end. */
  add(bytes: Uint8Array): void {
    const head = this.#head;
    for (let start = 0; start < bytes.length; start = head.end) {
      head.read(bytes, start);
      const { streamKey, globalPosition, streamBytes, streamStart, streamEnd } = head;
      this.#streams.addNamed(streamBytes, streamStart, streamEnd, head.position);
      const category = this.#categoryOf(categoryOf(streamKey));
      category.events++;
      category.bytes += head.end - start;
      this.events++;
      this.#first ??= globalPosition;
      this.#last = globalPosition;
    }
    this.#bytes += bytes.length;
  }

  /**
   * What has been counted. Nothing can be added after it.
   *
   * @param closure What is related, where that was asked for.
   * @returns The plan.
   */
  plan(closure: Closure | undefined): ExportPlan {
    let streams = 0;
    for (const { stream } of this.#streams.read()) {
      streams++;
      this.#categoryOf(keyOfName(categoryOf(stream))).streams++;
    }
    const [events, bytes] = [this.events, this.#bytes];
    const categories = [...this.#categories.values()].sort((a, b) =>
      a.category < b.category ? -1 : 1
    );
    const plan = { events, streams, bytes, first: this.#first, last: this.#last, categories };
    if (closure === undefined) return plan;
    return { ...plan, related: { ...closure, streams: closure.streams.size } };
  }

  /** Takes the temporary file away. */
  [Symbol.dispose](): void {
    this.#streams[Symbol.dispose]();
  }

  #categoryOf(key: string): CategoryPlan {
    let found = this.#categories.get(key);
    if (found === undefined) {
      found = { category: nameOfKey(key), events: 0, streams: 0, bytes: 0 };
      this.#categories.set(key, found);
    }
    return found;
  }
}
