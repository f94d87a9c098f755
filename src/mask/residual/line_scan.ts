/**
 * Looks for masked texts in lines of the output. Several threads may do so at once, each with some of the
 * lines.
 *
 * @module
 */

import { ValueWalker } from "../../json/value_walker.ts";
import { residualHitsInLineMax } from "../limits.ts";
import { bufferOf, LineHead } from "../../record/line_head.ts";
import { categoryOf } from "../../stream_name.ts";
import { ResidualFilter } from "./filter.ts";
import type { FilterParts } from "./filter_parts.ts";
import { fold } from "./fold.ts";
import { HashedRecords } from "./hashed_records.ts";
import { charsOf, fieldOf } from "./line_fields.ts";
import { inWords, type LinesInWords } from "./lines_in_words.ts";
import { Names } from "./names.ts";
import { placeOf, streamPlaceOf } from "./place.ts";
import { SearchedParts } from "./searched_parts.ts";
import { spellings } from "./spellings.ts";

const LINE_END = 0x0a;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
/** That of a `Buffer` is slower for a single byte. */
const { indexOf } = Uint8Array.prototype;

/** Puts aside what may be a masked text, with where it is. */
export class LineScan implements Disposable {
  /** Where texts were found: each a type and a path. */
  readonly places = new Names();
  /** What was found: hash, number of the place, global position in two numbers. */
  readonly hits: HashedRecords;
  readonly #filter: ResidualFilter;
  readonly #parts = new SearchedParts();
  readonly #record = new Uint32Array(6);
  readonly #head = new LineHead();
  #line: { bytes: Uint8Array; start: number; end: number; isPlain: boolean } | undefined;
  /** What may be in the line. */
  readonly #found: Found[] = [];
  #codes = new Uint16Array(1024);

  /**
   * @param filter What tells where a text may be.
   * @param hitsInMemoryMax Most of what was found that is kept in memory.
   */
  constructor(filter: FilterParts, hitsInMemoryMax: number) {
    this.#filter = new ResidualFilter(filter);
    this.hits = new HashedRecords(6, true, hitsInMemoryMax);
  }

  /**
   * Looks through lines of the output.
   *
   * @param bytes The lines, each with its line end, ascending by global position over all calls.
   * @param spans What the mask has written: the start and the end of each span in the bytes, ascending.
   */
  scan(bytes: Uint8Array, spans: ArrayLike<number>): void {
    const parts = this.#parts;
    parts.begin();
    const lines = inWords(bytes);
    for (let start = 0; start < bytes.length;) {
      const end = indexOf.call(bytes, LINE_END, start);
      const firstSpan = parts.nextSpan;
      parts.read(bytes, start, end, spans);
      const isPlain = this.#takePlain(lines, start, end);
      this.#line = { bytes, start, end, isPlain };
      if (isPlain) this.#lookAtParts();
      else {
        const made: number[] = [];
        for (let i = firstSpan; i < parts.nextSpan; i++) made.push(spans[i]! - start);
        this.#scanText(bytes.subarray(start, end), made);
      }
      this.#keep();
      start = end + 1;
    }
  }

  /** Takes the temporary file away. */
  [Symbol.dispose](): void {
    this.hits[Symbol.dispose]();
  }

  /** The usual line is looked through as it is; what it means is found out where something was found. */
  #takePlain(lines: LinesInWords, start: number, end: number): boolean {
    const filter = this.#filter;
    this.#room(end - start);
    const { offsets } = this.#parts;
    filter.beginLine();
    for (let i = 0; i < offsets.length; i += 2) {
      if (!filter.takePlain(lines, start, offsets[i]!, offsets[i + 1]!)) return false;
    }
    return true;
  }

  #lookAtParts(): void {
    const { offsets } = this.#parts;
    for (let i = 0; i < offsets.length; i += 2) {
      this.#filter.look(this.#codes, offsets[i]!, offsets[i + 1]!, this.#onFound);
    }
  }

  #fillFolded(text: string): Uint16Array {
    const codes = this.#room(text.length);
    for (let i = 0; i < text.length; i++) codes[i] = text.charCodeAt(i);
    return codes;
  }

  #room(length: number): Uint16Array {
    if (this.#codes.length < length) this.#codes = new Uint16Array(2 * length);
    return this.#codes;
  }

  readonly #onFound = (at: number, length: number): void => {
    const { a, b, c } = this.#filter.hash;
    this.#found.push({ at, length, a, b, c });
    if (this.#found.length === residualHitsInLineMax) this.#keep();
  };

  /** Any other line: value by value, each without its escapes. */
  #scanText(bytes: Uint8Array, made: readonly number[]): void {
    const filter = this.#filter;
    const text = utf8.decode(bytes);
    const madeChars = text.length === bytes.length ? made : charsOf(bytes, made);
    const walker = new ValueWalker(text);
    while (walker.next()) {
      if (fieldOf(walker.steps) === undefined) continue;
      const quote = walker.isString ? 1 : 0;
      for (const [from, to] of notMade(madeChars, walker.start + quote, walker.end - quote)) {
        for (const spelling of spellings(text.slice(from, to))) {
          const folded = fold(spelling);
          const codes = this.#fillFolded(folded);
          // Where in the value does not matter, and is not known: what was folded has other lengths.
          const onFound = () => this.#onFound(from, to - from);
          filter.beginLine();
          filter.takeFolded(codes, folded.length, walker.isString);
          filter.look(codes, 0, folded.length, onFound);
        }
      }
    }
  }

  /** Finds out in which values it is; what lies in a key, or across values, is nothing. */
  #keep(): void {
    if (this.#found.length === 0) return;
    const { bytes, start, end, isPlain } = this.#line!;
    // Where it is plain, an offset is one of bytes: what the mask has written may be beyond ASCII.
    const text = isPlain
      ? bufferOf(bytes).toString("latin1", start, end)
      : utf8.decode(bytes.subarray(start, end));
    const head = this.#head;
    head.read(bytes, start);
    const found = this.#found.splice(0).sort((x, y) => x.at - y.at);
    const walker = new ValueWalker(text);
    for (let next = 0; next < found.length && walker.next();) {
      let place = -1;
      while (next < found.length && found[next]!.at < walker.start) next++;
      for (; next < found.length && found[next]!.at < walker.end; next++) {
        const { at, length, a, b, c } = found[next]!;
        const field = fieldOf(walker.steps);
        if (field === undefined || at + length > walker.end) continue;
        if (place < 0) {
          place = this.places.numberOf(
            field === "stream"
              ? streamPlaceOf(categoryOf(head.stream))
              : placeOf(head.type, field, walker.steps.slice(1)),
          );
        }
        this.#addHit(a, b, c, place, head.globalPosition);
      }
    }
  }

  #addHit(a: number, b: number, c: number, place: number, position: number): void {
    const record = this.#record;
    record[0] = a;
    record[1] = b;
    record[2] = c;
    record[3] = place;
    record[4] = position % 2 ** 32;
    record[5] = Math.floor(position / 2 ** 32);
    this.hits.add(record);
  }
}

/** The parts of a span that the mask has not written. */
function* notMade(
  made: readonly number[],
  start: number,
  end: number,
): Generator<[number, number]> {
  let from = start;
  for (let at = 0; at < made.length && from < end; at += 2) {
    if (made[at + 1]! <= from) continue;
    if (made[at]! >= end) break;
    if (made[at]! > from) yield [from, made[at]!];
    from = made[at + 1]!;
  }
  if (from < end) yield [from, end];
}

/** What may be in a line: where, how long, and its hash. */
interface Found {
  at: number;
  length: number;
  a: number;
  b: number;
  c: number;
}
