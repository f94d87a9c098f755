/**
 * Lines of events → the messages that are looked for.
 *
 * @module
 */

import { searchChunkBytes, searchResponseCharsMax } from "./limits.ts";
import { LINE_END } from "../record/line_end.ts";
import { LineHead } from "../record/line_head.ts";
import { lastLine } from "../record/whole_lines.ts";
import { formatCategoryMessage } from "../record/wire.ts";
import type { SliceFilter } from "../slice/slice_filter.ts";
import { TimeSlice } from "../tick.ts";
import { type EventParts, eventParts, messageOf } from "./event_parts.ts";
import type { TextFinder } from "./text_finder.ts";

/** That of a `Buffer` is slower for a single byte. */
const { indexOf } = Uint8Array.prototype;

/** What to look for, and how much of it to keep. */
export interface FindingsOptions {
  /** By stream and type. Absent: any. */
  filter?: SliceFilter;
  /** By text. Absent: any. */
  finder?: TextFinder;
  /** Most messages. */
  limit: number;
}

/** Collects messages. */
export class Findings {
  readonly #options: FindingsOptions;
  readonly #head = new LineHead();
  readonly #slice = new TimeSlice();
  #chars = 0;
  /** The messages, each as the array in which `category.get` has it. */
  readonly messages: string[] = [];
  /** How many events were looked at. */
  looked = 0;
  /** The lowest global position that was not. */
  next = 0;
  /** Whether there is no room for more. */
  isFull = false;

  /** @param options What to look for. */
  constructor(options: FindingsOptions) {
    this.#options = options;
  }

  /**
   * Looks at events, until it is full.
   *
   * @param lines Whole lines, at least one.
   */
  async take(lines: Uint8Array<ArrayBuffer>): Promise<void> {
    const { filter } = this.#options;
    const head = this.#head;
    // Most pages have nothing of the text: to find that out at once is far cheaper than line by line.
    if (!await this.#holdsText(lines)) {
      this.looked += countLines(lines);
      head.read(lastLine(lines), 0);
      this.next = head.globalPosition + 1;
      return;
    }
    for (let start = 0; start < lines.length && !this.isFull; start = head.end) {
      head.read(lines, start);
      const { globalPosition, end } = head;
      this.next = globalPosition + 1;
      if (filter?.wants(head) ?? true) {
        const line = lines.subarray(start, end);
        if (!await this.#look(line)) {
          this.next = globalPosition;
          return;
        }
      }
      this.looked++;
      if (this.#slice.isOver) await this.#slice.next();
    }
  }

  /** Looks at one event; `false` where there is no room for it. */
  async #look(line: Uint8Array): Promise<boolean> {
    if (!await this.#holdsText(line)) return true;
    const event = eventParts(line);
    if (!await this.#isMeant(event)) return true;
    const text = formatCategoryMessage(messageOf(event));
    this.#chars += text.length;
    // The first one always comes: it may be larger than all others together.
    if (this.messages.length > 0 && this.#chars > searchResponseCharsMax) {
      this.isFull = true;
      return false;
    }
    this.messages.push(text);
    this.isFull = this.messages.length >= this.#options.limit;
    return true;
  }

  /** Whether the text is in what is looked at, and not in what a line has around it. */
  async #isMeant({ id, stream, type, data, metadata }: EventParts): Promise<boolean> {
    const { finder } = this.#options;
    if (finder === undefined || [id, stream, type].some((name) => finder.isInText(name))) {
      return true;
    }
    return await this.#holdsText(data) || (metadata !== null && await this.#holdsText(metadata));
  }

  /** Whether the text is in JSON text; others get their tick while that is long. */
  async #holdsText(bytes: Uint8Array): Promise<boolean> {
    const { finder } = this.#options;
    if (finder === undefined) return true;
    if (bytes.length <= searchChunkBytes) return finder.isIn(bytes);
    for (const isFound of finder.steps(bytes)) {
      if (isFound) return true;
      if (this.#slice.isOver) await this.#slice.next();
    }
    return false;
  }
}

function countLines(lines: Uint8Array): number {
  let count = 0;
  for (let at = -1; (at = indexOf.call(lines, LINE_END, at + 1)) >= 0;) count++;
  return count;
}
