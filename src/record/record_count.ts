/**
 * How many records pass by: what a server says that it has imported is compared with it.
 *
 * @module
 */

import { LINE_END } from "./line_end.ts";
import { byteOrderMark, isBlank } from "./blank.ts";

/** Counts the lines of a stream that are not blank. */
export class RecordCount {
  /** Lines that have ended, and were not blank. */
  #lines = 0;
  /** Line ends so far, also of blank lines. */
  #lineEnds = 0;
  /** Whether the line that has begun is blank so far. */
  #isBlank = true;
  /** Bytes of the mark at the start that have come, or more where that is settled. */
  #mark = 0;

  /** Line ends so far, also those of blank lines. */
  get lineEnds(): number {
    return this.#lineEnds;
  }

  /** Records so far. */
  get records(): number {
    return this.#lines + (this.#isBlank ? 0 : 1);
  }

  /**
   * Counts what passes.
   *
   * @param bytes NDJSON, cut anywhere.
   * @param atEnd Called before the end is handed on; what it throws is thrown instead of the end.
   * @returns The same bytes.
   */
  of(
    bytes: ReadableStream<Uint8Array>,
    atEnd: () => void = () => {},
  ): ReadableStream<Uint8Array> {
    const reader = bytes.getReader();
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const { value, done } = await reader.read();
        if (done) {
          atEnd();
          return controller.close();
        }
        this.#add(value);
        controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    }, { highWaterMark: 0 });
  }

  #add(chunk: Uint8Array): void {
    let start = 0;
    // A byte order mark is not a record.
    while (this.#mark < byteOrderMark.length && start < chunk.length) {
      if (chunk[start] === byteOrderMark[this.#mark]) start++;
      else this.#mark = byteOrderMark.length;
      this.#mark++;
    }
    let lines = 0;
    let blank = this.#isBlank;
    for (;;) {
      const end = chunk.indexOf(LINE_END, start);
      const stop = end < 0 ? chunk.length : end;
      while (blank && start < stop) blank = isBlank(chunk[start++]!);
      if (end < 0) break;
      if (!blank) lines++;
      this.#lineEnds++;
      blank = true;
      start = end + 1;
    }
    this.#lines += lines;
    this.#isBlank = blank;
  }
}
