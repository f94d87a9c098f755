/**
 * The parts of a line in which masked values are looked for: names of streams and payloads, without what the
 * mask has written.
 *
 * @module
 */

const LINE_END = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const CLOSE_OBJECT = 0x7d;
const ZERO = 0x30;
const NINE = 0x39;

const encoder = new TextEncoder();
const idKey = encoder.encode('{"id":"');
const streamKey = encoder.encode('","stream":');
const typeKey = encoder.encode(',"type":"');
const positionKey = encoder.encode('","pos":');
const globalPositionKey = encoder.encode(',"gpos":');
const dataKey = encoder.encode(',"data":');
const timeKey = encoder.encode(',"time":');

/** Finds the parts of lines, one line after the other. */
export class SearchedParts {
  /** Start and end of each part, from the beginning of the line. */
  readonly offsets: number[] = [];
  /** Index of the next span that belongs to a later line. */
  nextSpan = 0;

  /** Begins lines. */
  begin(): void {
    this.nextSpan = 0;
  }

  /**
   * Finds the parts of the next line. In the form in which exports write lines, ids, types, positions and times
   * are left out; of any other line, all of it is taken.
   *
   * @param bytes What holds the line.
   * @param start Index of its first byte.
   * @param end Index of its line end.
   * @param spans What the mask has written in all lines: start and end of each span, ascending.
   */
  read(bytes: Uint8Array, start: number, end: number, spans: ArrayLike<number>): void {
    this.offsets.length = 0;
    const id = pass(bytes, start, idKey);
    const stream = pass(bytes, stringEnd(bytes, id), streamKey);
    const streamEnd = stringEnd(bytes, pass(bytes, stream, quote)) + 1;
    const data = dataStart(bytes, streamEnd);
    if (data < 0) return this.#add(start, start, end, spans);
    this.#add(start, stream, streamEnd, spans);
    this.#add(start, data, timeStart(bytes, data, end), spans);
  }

  /** Adds what the mask has not written between two indexes. */
  #add(line: number, from: number, to: number, spans: ArrayLike<number>): void {
    const { offsets } = this;
    let next = this.nextSpan;
    for (; next < spans.length && spans[next]! < to; next += 2) {
      if (spans[next]! > from) offsets.push(from - line, spans[next]! - line);
      from = spans[next + 1]!;
    }
    this.nextSpan = next;
    if (to > from) offsets.push(from - line, to - line);
  }
}

const quote = encoder.encode('"');

/** Index of the data that follows the name of a stream; −1 in any other form. */
function dataStart(bytes: Uint8Array, streamEnd: number): number {
  if (streamEnd <= 0) return -1;
  const type = pass(bytes, streamEnd, typeKey);
  const position = pass(bytes, stringEnd(bytes, type), positionKey);
  const globalPosition = pass(bytes, digitsEnd(bytes, position), globalPositionKey);
  return pass(bytes, digitsEnd(bytes, globalPosition), dataKey);
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

function pass(bytes: Uint8Array, at: number, word: Uint8Array): number {
  if (at < 0) return -1;
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return -1;
  return at + word.length;
}

/** Index of the closing quote; −1 where an escape or the end of the line comes first. */
function stringEnd(bytes: Uint8Array, start: number): number {
  if (start < 0) return -1;
  for (let at = start;; at++) {
    const code = bytes[at]!;
    if (code === QUOTE) return at;
    // Past the last byte it is undefined.
    if (code === BACKSLASH || code === LINE_END || code === undefined) return -1;
  }
}

/** Index after the digits; −1 where there is none. */
function digitsEnd(bytes: Uint8Array, start: number): number {
  if (start < 0) return -1;
  let at = start;
  while (bytes[at]! >= ZERO && bytes[at]! <= NINE) at++;
  return at === start ? -1 : at;
}
