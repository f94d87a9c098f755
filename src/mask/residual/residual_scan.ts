/**
 * Looks for what was masked in what is left: a person's e-mail address that was masked in one field may
 * stand in the free text of another.
 *
 * All texts that were replaced are known only when the last event has been masked, so the events are gone
 * through again after that. What is kept of a text is a keyed hash: in memory while there are few, on the
 * disk beyond that. The second time every fourth place of the values is looked at: where one of the first
 * pieces of a text stands there, the lengths that occur with its beginning are hashed around it, and what may
 * be one of them is put aside. At the end
 * both lists, sorted by hash, are gone through side by side. So it takes time in proportion to the events,
 * and memory within a bound, however many texts there are.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { type RawStep, ValueWalker } from "../../json/value_walker.ts";
import {
  residualHitsInLineMax,
  residualHitsInMemoryMax,
  residualTextCharsMax,
  residualTextsInMemoryMax,
} from "../../limits.ts";
import { bufferOf, LineHead } from "../../record/line_head.ts";
import { categoryOf } from "../../stream_name.ts";
import { beginningOf, longCharsMin, Pieces, ResidualFilter } from "./filter.ts";
import { fold, lowerAscii } from "./fold.ts";
import { HashedRecords } from "./hashed_records.ts";
import { Names } from "./names.ts";
import { placeOf, streamPlaceOf } from "./place.ts";
import { TextHash } from "./text_hash.ts";

/** Masked values that also occur somewhere else. */
export interface Residual {
  /** Where they were masked: `CustomerRegistered data.email`. */
  maskedIn: string;
  /** Where they occur: `NoteAdded data.text`. */
  foundIn: string;
  /** How many different values. */
  values: number;
  /** Whether they have 8 characters or more; shorter ones may be there by chance. */
  isLong: boolean;
  /** Global position of the first event in which one was found. */
  position: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LINE_END = 0x0a;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
/** That of a `Buffer` is slower for a single byte. */
const { indexOf } = Uint8Array.prototype;

/** Looks for masked values: first all of them are told, then all lines are looked through. */
export class ResidualScan implements Disposable {
  readonly #hash = new TextHash();
  readonly #sources = new Names();
  readonly #places = new Names();
  readonly #texts: HashedRecords;
  readonly #hits: HashedRecords;
  readonly #record = new Uint32Array(6);
  #line: { bytes: Uint8Array; start: number; end: number; isPlain: boolean } | undefined;
  /** What may be in the line. */
  readonly #found: Found[] = [];
  /** Start and end of each part of the line that is looked through. */
  readonly #parts: number[] = [];
  readonly #head = new LineHead();
  #codes = new Uint16Array(1024);
  readonly #pieces = new Pieces();
  #filter: ResidualFilter | undefined;

  /**
   * @param textsInMemoryMax Most texts of which the hashes are kept in memory.
   * @param hitsInMemoryMax The same of what was found.
   */
  constructor(
    textsInMemoryMax: number = residualTextsInMemoryMax,
    hitsInMemoryMax: number = residualHitsInMemoryMax,
  ) {
    this.#texts = new HashedRecords(6, false, textsInMemoryMax);
    this.#hits = new HashedRecords(6, true, hitsInMemoryMax);
  }

  /**
   * Numbers a place in which texts are replaced.
   *
   * @param name Its name: a type and a path.
   * @returns Its number.
   */
  source(name: string): number {
    return this.#sources.numberOf(name);
  }

  /**
   * Tells of a text that was replaced.
   *
   * @param text The text, or a number as it was written.
   * @param source Where it stood: a number of {@linkcode source}.
   */
  masked(text: string, source: number): void {
    const length = this.#foldHead(text);
    const codes = this.#codes;
    if (!isTelling(codes, length)) return;
    const hash = this.#hash;
    hash.begin();
    for (let i = 0; i < length; i++) hash.add(codes[i]!);
    hash.take();
    this.#pieces.add(codes, length);
    const record = this.#record;
    record[0] = hash.a;
    record[1] = hash.b;
    record[2] = hash.c;
    record[3] = source;
    record[4] = length;
    record[5] = beginningOf(codes, length);
    this.#texts.add(record);
  }

  /**
   * Looks through lines of the output.
   *
   * @param bytes The lines, each with its line end.
   * @param spans What the mask has written: the start and the end of each span in the bytes, ascending.
   */
  scan(bytes: Uint8Array, spans: ArrayLike<number>): void {
    const filter = this.#filter ??= this.#makeFilter();
    const parts = this.#parts;
    let next = 0;
    for (let start = 0; start < bytes.length;) {
      const end = indexOf.call(bytes, LINE_END, start);
      const firstSpan = next;
      // What the mask has not written, and no id of a message.
      parts.length = 0;
      let from = idEnd(bytes, start) - start;
      for (; next < spans.length && spans[next]! < end; next += 2) {
        if (spans[next]! - start > from) parts.push(from, spans[next]! - start);
        from = spans[next + 1]! - start;
      }
      if (end - start > from) parts.push(from, end - start);
      const isPlain = this.#takePlain(filter, bytes, start, end);
      this.#line = { bytes, start, end, isPlain };
      if (isPlain) this.#lookAtParts(filter);
      else {
        const made = Array.from(
          { length: next - firstSpan },
          (_, i) => spans[firstSpan + i]! - start,
        );
        this.#scanText(filter, bytes.subarray(start, end), made);
      }
      this.#keep();
      start = end + 1;
    }
  }

  /**
   * Says what was found, once all lines have been looked through.
   *
   * @returns One for each pair of places; the most values first, long ones before short ones.
   */
  residuals(): Residual[] {
    const pairs = new Map<string, Residual>();
    for (const { text, place, position } of this.#matches()) {
      const isLong = text[4]! >= longCharsMin;
      const key = `${text[3]} ${place} ${isLong}`;
      const pair = pairs.get(key);
      if (pair === undefined) {
        const [maskedIn, foundIn] = [this.#sources.nameOf(text[3]!), this.#places.nameOf(place)];
        pairs.set(key, { maskedIn, foundIn, values: 1, isLong, position });
      } else {
        pair.values++;
        pair.position = Math.min(pair.position, position);
      }
    }
    return [...pairs.values()].sort((x, y) =>
      Number(y.isLong) - Number(x.isLong) || y.values - x.values || x.position - y.position ||
      (x.maskedIn < y.maskedIn ? -1 : 1)
    );
  }

  /** Takes the temporary files away. */
  [Symbol.dispose](): void {
    this.#texts[Symbol.dispose]();
    this.#hits[Symbol.dispose]();
  }

  #makeFilter(): ResidualFilter {
    const filter = new ResidualFilter(this.#texts.size, this.#hash, this.#pieces);
    for (const group of this.#texts.groups()) {
      for (let at = 0; at < group.length; at += 6) {
        filter.add(group[at]!, group[at + 1]!, group[at + 4]!, group[at + 5]!);
      }
    }
    return filter;
  }

  /** The usual line is looked through as it is; what it means is found out where something was found. */
  #takePlain(filter: ResidualFilter, bytes: Uint8Array, start: number, end: number): boolean {
    const codes = this.#room(end - start);
    const parts = this.#parts;
    filter.beginLine();
    for (let i = 0; i < parts.length; i += 2) {
      if (!filter.takePlain(bytes, start, parts[i]!, parts[i + 1]!, codes)) return false;
    }
    return true;
  }

  #lookAtParts(filter: ResidualFilter): void {
    const parts = this.#parts;
    for (let i = 0; i < parts.length; i += 2) {
      filter.look(this.#codes, parts[i]!, parts[i + 1]!, this.#onFound);
    }
  }

  /** Folds the beginning of a text, and returns how many characters that has. */
  #foldHead(text: string): number {
    const isCut = text.length > 2 * residualTextCharsMax;
    const plain = this.#foldPlainHead(text, isCut);
    if (plain >= 0) return plain;
    // Folding changes lengths a little.
    const folded = fold(
      isCut ? text.trimStart().slice(0, 2 * residualTextCharsMax) : text.trim(),
    );
    this.#fillFolded(folded);
    return Math.min(folded.length, residualTextCharsMax);
  }

  /** The same for ASCII, without a string; −1 for others. */
  #foldPlainHead(text: string, isCut: boolean): number {
    const codes = this.#room(2 * residualTextCharsMax);
    let start = 0;
    while (start < text.length && isSpace(text.charCodeAt(start))) start++;
    let end = isCut ? Math.min(text.length, start + 2 * residualTextCharsMax) : text.length;
    while (!isCut && end > start && isSpace(text.charCodeAt(end - 1))) end--;
    for (let at = start; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code > 0x7f) return -1;
      codes[at - start] = lowerAscii[code]!;
    }
    return Math.min(end - start, residualTextCharsMax);
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
    const { a, b, c } = this.#hash;
    this.#found.push({ at, length, a, b, c });
    if (this.#found.length === residualHitsInLineMax) this.#keep();
  };

  /** Any other line: value by value, each without its escapes. */
  #scanText(filter: ResidualFilter, bytes: Uint8Array, made: readonly number[]): void {
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
    // Where it is plain, a place is one of bytes: what the mask has written may be beyond ASCII.
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
          place = this.#places.numberOf(
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
    this.#hits.add(record);
  }

  /** Each text with each place in which it was found. */
  *#matches(): Generator<{ text: Uint32Array; place: number; position: number }> {
    const texts = this.#texts.groups();
    let text = texts.next();
    for (const hits of this.#hits.groups()) {
      while (!text.done && text.value[0]! < hits[0]!) text = texts.next();
      if (text.done) return;
      if (text.value[0] === hits[0]) yield* matchesIn(text.value, hits);
    }
  }
}

/** Joins records whose hashes begin with the same number. */
function* matchesIn(
  texts: Uint32Array,
  hits: Uint32Array,
): Generator<{ text: Uint32Array; place: number; position: number }> {
  const found = new Map<string, { text: Uint32Array; place: number; position: number }>();
  for (let t = 0; t < texts.length; t += 6) {
    for (let h = 0; h < hits.length; h += 6) {
      if (texts[t + 1] !== hits[h + 1] || texts[t + 2] !== hits[h + 2]) continue;
      const key = `${hits[h + 1]} ${hits[h + 2]} ${hits[h + 3]}`;
      const position = hits[h + 4]! + hits[h + 5]! * 2 ** 32;
      const earlier = found.get(key);
      // One text of several sources counts for the first of them.
      if (earlier === undefined || texts[t + 3]! < earlier.text[3]!) {
        const text = texts.slice(t, t + 6);
        const first = Math.min(position, earlier?.position ?? position);
        found.set(key, { text, place: hits[h + 3]!, position: first });
      } else earlier.position = Math.min(earlier.position, position);
    }
  }
  yield* found.values();
}

/** Whether a text tells anything when it is found: one letter or a small number is everywhere. */
function isTelling(codes: Uint16Array, length: number): boolean {
  if (length >= 4) return true;
  if (length < 2) return false;
  for (let i = 0; i < length; i++) if (!isOfNumber(codes[i]!)) return true;
  return false;
}

/** Whether a character is a digit, or one that stands between digits. */
function isOfNumber(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2c || code === 0x2d || code === 0x2e;
}

/** White space of ASCII, as `trim` takes it. */
function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

const idKey = new TextEncoder().encode('{"id":"');

/** Index after the message id that a line begins with; that of the line where it does not. */
function idEnd(bytes: Uint8Array, start: number): number {
  for (let i = 0; i < idKey.length; i++) if (bytes[start + i] !== idKey[i]) return start;
  let at = start + idKey.length;
  while (bytes[at] !== QUOTE) {
    if (bytes[at] === BACKSLASH || bytes[at] === LINE_END) return start;
    at++;
  }
  return at;
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

/**
 * Offsets in UTF-8 bytes as offsets in the characters of a string.
 *
 * @param bytes The bytes.
 * @param offsets The offsets, ascending.
 * @returns The same in characters.
 */
export function charsOf(bytes: Uint8Array, offsets: readonly number[]): number[] {
  let chars = 0;
  let at = 0;
  return offsets.map((offset) => {
    for (; at < offset; at++) {
      const byte = bytes[at]!;
      // The first byte of a character; four bytes are two characters of a string.
      if ((byte & 0xc0) !== 0x80) chars += byte >= 0xf0 ? 2 : 1;
    }
    return chars;
  });
}

/**
 * The part of an event that a value of its line belongs to.
 *
 * @param steps The way to the value.
 * @returns The part; `undefined` for those that nobody looks at.
 */
export function fieldOf(steps: readonly RawStep[]): "stream" | "data" | "metadata" | undefined {
  return steps[0] === null ? undefined : fields[steps[0]!] ?? escapedField(steps[0]!);
}

const fields: Readonly<Record<string, "stream" | "data" | "metadata">> = {
  '"stream"': "stream",
  '"data"': "data",
  '"meta"': "metadata",
};

function escapedField(key: string): "stream" | "data" | "metadata" | undefined {
  return key.includes("\\") ? fields[JSON.stringify(JSON.parse(key))] : undefined;
}

/** A value, and what it is where something in it was written as text once more. */
function* spellings(raw: string): Generator<string> {
  const text = raw.includes("\\") ? unescaped(raw) : raw;
  yield text;
  // JSON in a string of JSON.
  if (text.includes("\\")) yield unescaped(text);
  if (/%[0-9a-f]{2}/i.test(text)) yield percentDecoded(text);
}

const escapes: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

function unescaped(text: string): string {
  return text.replace(
    /\\(?:u([0-9a-f]{4})|([^]))/gi,
    (_, hex: string | undefined, char: string) =>
      hex === undefined ? escapes[char] ?? char : String.fromCharCode(parseInt(hex, 16)),
  );
}

function percentDecoded(text: string): string {
  return text.replace(
    /(?:%[0-9a-f]{2})+/gi,
    (bytes) => utf8.decode(Buffer.from(bytes.replaceAll("%", ""), "hex")),
  );
}

/** What may be in a line: where, how long, and its hash. */
interface Found {
  at: number;
  length: number;
  a: number;
  b: number;
  c: number;
}
