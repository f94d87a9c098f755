/**
 * The parts of a line in which masked values are looked for: names of streams and payloads, without what the
 * mask has written.
 *
 * @module
 */

import { type LineHead, pass } from "../../record/line_head.ts";

const LINE_END = 0x0a;
const QUOTE = 0x22;
const CLOSE_OBJECT = 0x7d;

const encoder = new TextEncoder();
const dataKey = encoder.encode(',"data":');
const timeKey = encoder.encode(',"time":');

/** That of a `Buffer` is slower for a single byte. */
const { indexOf } = Uint8Array.prototype;

/** Finds the parts of lines, one line after the other. */
export class SearchedParts {
  /** Start and end of each part. */
  readonly offsets: number[] = [];
  /** Index of the line end. */
  end = 0;
  /** Whether the line is in the form in which exports write lines. */
  isUsual = false;
  readonly #head: LineHead;
  #nextSpan = 0;

  /** @param head Gets to know the beginnings of usual lines. */
  constructor(head: LineHead) {
    this.#head = head;
  }

  /** Begins lines. */
  begin(): void {
    this.#nextSpan = 0;
  }

  /**
   * Finds the parts of the next line. Of a usual one, ids, types, positions and times are left out; of any other
   * line, all of it is taken.
   *
   * @param bytes What holds the line.
   * @param start Index of its first byte.
   * @param spans What the mask has written in all lines: start and end of each span, ascending.
   */
  read(bytes: Uint8Array, start: number, spans: ArrayLike<number>): void {
    this.offsets.length = 0;
    const head = this.#head;
    const data = head.readUsual(bytes, start) ? pass(bytes, head.globalPositionEnd, dataKey) : -1;
    this.isUsual = data >= 0;
    if (!this.isUsual) {
      this.end = indexOf.call(bytes, LINE_END, start);
      return this.#add(start, this.end, spans);
    }
    this.end = head.end - 1;
    this.#add(head.streamStart, head.streamEnd, spans);
    this.#add(data, timeStart(bytes, data, this.end), spans);
  }

  /** Adds what the mask has not written between two indexes. */
  #add(from: number, to: number, spans: ArrayLike<number>): void {
    const { offsets } = this;
    let next = this.#nextSpan;
    for (; next < spans.length && spans[next]! < to; next += 2) {
      if (spans[next]! > from) offsets.push(from, spans[next]!);
      from = spans[next + 1]!;
    }
    this.#nextSpan = next;
    if (to > from) offsets.push(from, to);
  }
}

/** Index of the time that a line ends with; that of its end where it does not. */
function timeStart(bytes: Uint8Array, data: number, end: number): number {
  if (bytes[end - 1] !== CLOSE_OBJECT || bytes[end - 2] !== QUOTE) return end;
  let at = end - 3;
  while (at > data && isOfTime(bytes[at]!)) at--;
  const time = at - timeKey.length;
  // A string has no quote in it without an escape, so that this is a key of the record.
  return time >= data && bytes[at] === QUOTE && pass(bytes, time, timeKey) === at ? time : end;
}

/** Digits, capital letters, and what stands between them in a time. */
function isOfTime(code: number): boolean {
  return code >= 0x2b && code <= 0x5a;
}
