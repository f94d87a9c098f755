/**
 * Looks for masked texts in lines of the output. Several threads may do so at once, each with some of the
 * lines.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { ValueWalker } from "../../json/value_walker.ts";
import { bufferOf, LineHead } from "../../record/line_head.ts";
import { residualHitsInLineMax } from "../limits.ts";
import { ResidualFilter } from "./filter.ts";
import { type FilterParts, longCharsMin } from "./filter_parts.ts";
import { fold } from "./fold.ts";
import { FoundPlaces } from "./found_places.ts";
import { HashedRecords } from "./hashed_records.ts";
import { fieldOf } from "./line_fields.ts";
import { inPairs, type LinesInPairs } from "./lines_in_pairs.ts";
import { plainEnd, stringEnd, stringStart } from "./plain_bytes.ts";
import { SearchedParts } from "./searched_parts.ts";
import { spellings } from "./spellings.ts";

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Numbers of what was found: the hash in three, the number of the place, the global position in two. */
export const hitWords = 6;
/** Which of them is the place. */
export const hitPlace = 3;

/** Puts aside what may be a masked text, with where it is. */
export class LineScan implements Disposable {
  /** Where texts were found: each a type and a path. */
  readonly places = new FoundPlaces();
  /** What was found: records of {@linkcode hitWords} numbers. */
  readonly hits: HashedRecords;
  readonly #filter: ResidualFilter;
  readonly #head = new LineHead();
  readonly #parts = new SearchedParts(this.#head);
  readonly #record = new Uint32Array(hitWords);
  #bytes: Buffer = Buffer.alloc(0);
  /** Index of the line that is being looked through. */
  #start = 0;
  #partEnd = 0;
  /** What may be in the line. */
  #found: Found[] = [];
  #codes = new Uint16Array(1024);

  /**
   * @param filter What tells where a text may be.
   * @param hitsInMemoryMax Most of what was found that is kept in memory.
   */
  constructor(filter: FilterParts, hitsInMemoryMax: number) {
    this.#filter = new ResidualFilter(filter);
    this.hits = new HashedRecords(hitWords, true, hitsInMemoryMax);
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
    const lines = inPairs(bytes);
    this.#bytes = bufferOf(bytes);
    for (let start = 0; start < bytes.length; start = parts.end + 1) {
      this.#start = start;
      parts.read(bytes, start, spans);
      const { offsets } = parts;
      for (let i = 0; i < offsets.length; i += 2) {
        this.#scanPart(lines, offsets[i]!, offsets[i + 1]!);
      }
      if (this.#found.length > 0) this.#keep();
    }
  }

  /** Takes the temporary file away. */
  [Symbol.dispose](): void {
    this.hits[Symbol.dispose]();
  }

  /** Most is looked through as it is; what it means is found out where something was found. */
  #scanPart(lines: LinesInPairs, start: number, end: number): void {
    const { bytes } = lines;
    this.#partEnd = end;
    for (let at = start; at < end;) {
      const plain = this.#filter.lookPlain(lines, at, end, this.#onPlainFound);
      if (plain === end) return;
      const text = stringStart(bytes, plain, at);
      at = stringEnd(bytes, plain, end);
      this.#scanText(text, at);
    }
  }

  /**
   * Of a string of which not all is plain, what comes before that has been looked through already. That is the
   * same in all spellings, up to the last character, which may belong to the next one as to an accent.
   */
  readonly #onPlainFound = (at: number, length: number): void => {
    const end = Math.min(at + length + 1, this.#partEnd);
    if (plainEnd(this.#bytes, at, end) === end) this.#onFound(at, length);
  };

  readonly #onFound = (at: number, length: number): void => {
    const { a, b, c } = this.#filter.hash;
    this.#found.push({ at, length, a, b, c });
    if (this.#found.length === residualHitsInLineMax) this.#keep();
  };

  /** A string, or what the mask has left of it: in each of its spellings. */
  #scanText(start: number, end: number): void {
    // Where in it does not matter, and is not known: what was folded has other lengths.
    const onFound = () => this.#onFound(start, end - start);
    for (const spelling of spellings(utf8.decode(this.#bytes.subarray(start, end)))) {
      const folded = fold(spelling);
      this.#filter.lookFolded(this.#codesOf(folded), folded.length, onFound);
    }
  }

  #codesOf(text: string): Uint16Array {
    if (this.#codes.length < text.length) this.#codes = new Uint16Array(2 * text.length);
    const codes = this.#codes;
    for (let i = 0; i < text.length; i++) codes[i] = text.charCodeAt(i);
    return codes;
  }

  /** Finds out in which values it is; what lies in a key, or across values, is nothing. */
  #keep(): void {
    const start = this.#start;
    const found = this.#found.sort((x, y) => x.at - y.at);
    this.#found = [];
    const head = this.#head;
    if (!this.#parts.isUsual) head.read(this.#bytes, start);
    // So that an offset is one of bytes.
    const text = this.#bytes.toString("latin1", start, this.#parts.end);
    const walker = new ValueWalker(text);
    for (let next = 0; next < found.length && walker.next();) {
      // What a text and a quote of JSON make together does not stand there.
      const quote = walker.isString ? 1 : 0;
      const from = start + walker.start + quote;
      const to = start + walker.end - quote;
      let place = -1;
      while (next < found.length && found[next]!.at < from) next++;
      for (; next < found.length && found[next]!.at < to; next++) {
        const hit = found[next]!;
        const field = fieldOf(walker.steps);
        if (field === undefined || hit.at + hit.length > to) continue;
        // A short number among numbers says nothing.
        if (hit.length < longCharsMin && !walker.isString) continue;
        if (place < 0) place = this.places.numberOf(head, field, walker.steps);
        this.#addHit(hit, place, head.globalPosition);
      }
    }
  }

  #addHit({ a, b, c }: Found, place: number, position: number): void {
    const record = this.#record;
    record[0] = a;
    record[1] = b;
    record[2] = c;
    record[hitPlace] = place;
    record[4] = position % 2 ** 32;
    record[5] = Math.floor(position / 2 ** 32);
    this.hits.add(record);
  }
}

/** What may be in a line: where, how long, and its hash. */
interface Found {
  at: number;
  length: number;
  a: number;
  b: number;
  c: number;
}
