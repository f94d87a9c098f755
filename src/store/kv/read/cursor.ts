/**
 * Walks along index ranges, one in each layer or category, and merges them.
 *
 * @module
 */

import { pageCharsMax } from "../../../limits.ts";
import { scanMessagesMax } from "../../limits.ts";
import { kvCursorMessagesMax, kvFirstMessagesMax, kvListMax, kvListMin } from "../limits.ts";
import type { Database } from "../database.ts";
import { malformed } from "../errors.ts";
import { categoryKey, messagesKey, streamKey } from "../schema.ts";
import {
  decodeHeader,
  decodeMessage,
  type MessageHeader,
  type StoredMessage,
} from "../message_value.ts";

/** What an index says of a message. */
export interface IndexEntry {
  /** Where it stands in the index: the position or the global position. */
  at: number;
  layer: number;
  globalPosition: number;
  /** What filters look at, where the index has it. */
  header?: MessageHeader;
  /** The message, where the index has that. */
  stored?: StoredMessage;
}

/** An index range that is walked along. */
export interface Range {
  /** The keys of it, but for their last part. */
  prefix: Deno.KvKey;
  /** Makes an entry of what is found. */
  read(at: number, value: unknown): IndexEntry;
  /** Characters of a value are counted, since they may be large. */
  hasMessages?: boolean;
}

/** The messages of a layer, by global position. */
export function messagesRange(layer: number): Range {
  return {
    prefix: messagesKey(layer),
    read: (at, value) => ({
      at,
      layer,
      globalPosition: at,
      stored: decodeMessage(value as Uint8Array, at),
    }),
    hasMessages: true,
  };
}

/** The messages of a category in a layer, by global position. */
export function categoryRange(layer: number, category: string): Range {
  return {
    prefix: categoryKey(layer, category),
    read: (at, value) => ({
      at,
      layer,
      globalPosition: at,
      header: decodeHeader(value as Uint8Array),
    }),
  };
}

/** The messages of a stream in a layer, by position. */
export function streamRange(layer: number, stream: string): Range {
  return {
    prefix: streamKey(layer, stream),
    read: (at, value) => ({ at, layer, globalPosition: Number((value as Deno.KvU64).value) }),
  };
}

/** Which part of the ranges to walk along, and how. */
export interface Walk {
  /** Lowest position, inclusive. */
  from: number;
  /** Highest position, inclusive. */
  to: number;
  /** How many entries are likely to be wanted. */
  wanted: number;
  /** From the highest position down. */
  reverse?: boolean;
}

/** Walks along several ranges as if they were one, in ascending order of position, without repeats. */
export class Cursor {
  readonly #branches: Branch[];
  readonly #isReverse: boolean;
  #last: number | undefined;

  constructor(database: Database, ranges: readonly Range[], walk: Walk) {
    this.#isReverse = walk.reverse ?? false;
    const share = (entries: number) => Math.ceil(entries / Math.max(ranges.length, 1));
    const most = Math.min(Math.max(share(scanMessagesMax), kvListMin), kvListMax);
    const wanted = Math.min(share(walk.wanted) + 1, most);
    this.#branches = ranges.map((range) => new Branch(database, range, { ...walk, wanted }, most));
  }

  /** The next entry, or `undefined` at the end. */
  async next(): Promise<IndexEntry | undefined> {
    for (;;) {
      let first: Branch | undefined;
      for (const branch of this.#branches) {
        // Only a walk to the next list of entries takes a tick.
        if (branch.isSpent) await branch.fill();
        const head = branch.head;
        const lead = first?.head;
        if (
          head !== undefined &&
          (lead === undefined || (this.#isReverse ? head.at > lead.at : head.at < lead.at))
        ) first = branch;
      }
      const entry = first?.take();
      if (entry === undefined) return undefined;
      // While a layer is folded into another, a message is in both.
      if (entry.at === this.#last) continue;
      this.#last = entry.at;
      return entry;
    }
  }
}

class Branch {
  readonly #database: Database;
  readonly #range: Range;
  readonly #walk: Walk;
  /** Most entries that are listed at once: all branches together hold a bounded number. */
  readonly #most: number;
  #entries: IndexEntry[] = [];
  #index = 0;
  #next: number | undefined;
  #size: number;

  constructor(database: Database, range: Range, walk: Walk, most: number) {
    this.#database = database;
    this.#range = range;
    this.#walk = walk;
    this.#most = most;
    this.#next = walk.reverse ? walk.to : walk.from;
    const wanted = Math.max(walk.wanted, kvListMin);
    this.#size = range.hasMessages ? Math.min(wanted, kvFirstMessagesMax) : wanted;
  }

  /** Whether more has to be listed before it is known what comes next. */
  get isSpent(): boolean {
    return this.#index === this.#entries.length && this.#next !== undefined;
  }

  get head(): IndexEntry | undefined {
    return this.#entries[this.#index];
  }

  take(): IndexEntry | undefined {
    return this.#entries[this.#index++];
  }

  async fill(): Promise<void> {
    const { prefix, read, hasMessages } = this.#range;
    const { from, to, reverse = false } = this.#walk;
    const [lowest, highest] = reverse ? [from, this.#next ?? from] : [this.#next ?? to, to];
    const size = this.#size;
    const entries = lowest > highest ? [] : await this.#database.list<unknown>(
      { start: [...prefix, lowest], end: [...prefix, highest, ""] },
      size,
      reverse,
    );
    let before = reverse ? Infinity : -Infinity;
    this.#entries = entries.map(({ key, value }) => {
      const at = key.at(-1) as number;
      // In a file that is damaged, a list may go back or repeat itself.
      if (reverse ? at >= before : at <= before) throw malformed(this.#database.name);
      before = at;
      return read(at, value);
    });
    this.#index = 0;
    const last = this.#entries.at(-1);
    const isEnd = last === undefined || entries.length < size;
    this.#next = isEnd ? undefined : last.at + (reverse ? -1 : 1);
    if (!hasMessages || last === undefined) {
      this.#size = this.#most;
      return;
    }
    const bytes = entries.reduce((sum, { value }) => sum + (value as Uint8Array).byteLength, 0);
    const fitting = Math.floor(pageCharsMax / (bytes / entries.length));
    this.#size = Math.min(Math.max(fitting, kvListMin), this.#most, kvCursorMessagesMax);
  }
}
