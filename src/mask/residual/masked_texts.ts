/**
 * The texts that were masked, as keyed hashes: in memory while there are few, on the disk beyond that.
 *
 * @module
 */

import { residualTextCharsMax } from "../limits.ts";
import {
  beginningOf,
  FilterBuilder,
  type FilterParts,
  longCharsMin,
  Pieces,
} from "./filter_parts.ts";
import { fold, lowerAscii } from "./fold.ts";
import { HashedRecords, type RecordGroups } from "./hashed_records.ts";
import { Names } from "./names.ts";
import { TextHash } from "./text_hash.ts";

/** Texts that are added together. */
const addedAtOnce = 64;

/** Numbers of a record: the hash in three, the source, the chunk with the length, and the beginning. */
export const textWords = 6;
/** Bits of the length, below the number of the chunk. */
const lengthBits = 7;
const lengthMask = 2 ** lengthBits - 1;
const highestChunk = 2 ** (32 - lengthBits) - 1;

/** The number of the chunk in which the text of a record was masked first. */
export function chunkOfText(record: ArrayLike<number>, at: number): number {
  return record[at + 4]! >>> lengthBits;
}

/** Whether the text of a record is one that is looked for anywhere. */
export function isLongText(record: ArrayLike<number>, at: number): boolean {
  return (record[at + 4]! & lengthMask) >= longCharsMin;
}

/** Remembers masked texts. */
export class MaskedTexts implements Disposable {
  /** Where texts are replaced: each a type and a path. */
  readonly sources = new Names();
  readonly #hash: TextHash;
  readonly #pieces = new Pieces();
  readonly #records: HashedRecords;
  /** Records that are added together. */
  readonly #added = new Uint32Array(textWords * addedAtOnce);
  #addedLength = 0;
  /** The number of the chunk, as a record has it. */
  #chunkBits = 0;
  #groups: RecordGroups | undefined;
  /** The group that was read last. */
  #group: Uint32Array | undefined;
  #codes = new Uint16Array(2 * residualTextCharsMax);

  /**
   * @param seeds What texts are hashed with.
   * @param inMemoryMax Most texts of which the hashes are kept in memory.
   */
  constructor(seeds: Int32Array, inMemoryMax: number) {
    this.#hash = new TextHash(seeds);
    this.#records = new HashedRecords(textWords, false, inMemoryMax);
  }

  /**
   * Says which texts come next: of the same text in several chunks, that of the first is taken.
   *
   * @param chunk The chunk's number, from 0 on; of chunks beyond 2^25 none is the first.
   */
  beginChunk(chunk: number): void {
    this.#chunkBits = Math.min(chunk, highestChunk) << lengthBits;
  }

  /**
   * Adds a text that was replaced.
   *
   * @param text The text, or a number as it was written.
   * @param source Where it stood: a number of {@linkcode sources}.
   */
  add(text: string, source: number): void {
    this.#addFolded(this.#foldHead(text), source);
  }

  /**
   * Adds a text of ASCII that was replaced.
   *
   * @param bytes What holds it.
   * @param start Index of its first byte.
   * @param end Index after its last one.
   * @param source As {@linkcode add} takes it.
   */
  addAscii(bytes: Uint8Array, start: number, end: number, source: number): void {
    const isCut = end - start > 2 * residualTextCharsMax;
    while (start < end && isSpace(bytes[start]!)) start++;
    while (!isCut && end > start && isSpace(bytes[end - 1]!)) end--;
    const length = Math.min(end - start, residualTextCharsMax);
    const codes = this.#codes;
    for (let i = 0; i < length; i++) codes[i] = lowerAscii[bytes[start + i]!]!;
    this.#addFolded(length, source);
  }

  /** Adds the text whose folded beginning is in the codes. */
  #addFolded(length: number, source: number): void {
    const codes = this.#codes;
    if (!isTelling(codes, length)) return;
    const hash = this.#hash;
    hash.ofCodes(codes, length);
    this.#pieces.add(codes, length);
    const added = this.#added;
    const at = this.#addedLength;
    added[at] = hash.a;
    added[at + 1] = hash.b;
    added[at + 2] = hash.c;
    added[at + 3] = source;
    added[at + 4] = this.#chunkBits | length;
    added[at + 5] = beginningOf(codes, length);
    this.#addedLength += textWords;
    if (this.#addedLength === added.length) this.#addAll();
  }

  #addAll(): void {
    this.#records.addAll(this.#added.subarray(0, this.#addedLength));
    this.#addedLength = 0;
  }

  /** How many there are at most. */
  get size(): number {
    this.#addAll();
    return this.#records.size;
  }

  /** Adds all of them to a filter. */
  addTo(filter: FilterParts): void {
    this.#addAll();
    const builder = new FilterBuilder(filter);
    builder.addPieces(this.#pieces);
    for (const records of this.#records.chunks()) {
      for (let at = 0; at < records.length; at += textWords) {
        const length = records[at + 4]! & lengthMask;
        builder.add(records[at]!, records[at + 1]!, length, records[at + 5]!);
      }
    }
  }

  /**
   * Finds texts by their hashes.
   *
   * @param firsts First numbers of hashes, ascending over all calls, each once.
   * @returns Records of {@linkcode textWords} numbers each, ascending by their first numbers. The same text may
   * be in it several times, the one that was added first at the end.
   */
  withHashes(firsts: Uint32Array): Uint32Array<ArrayBuffer> {
    this.#addAll();
    this.#groups ??= this.#records.groups();
    const found: number[] = [];
    for (const first of firsts) {
      if (this.#group === undefined || this.#group[0]! < first) {
        this.#group = this.#groups.next(first);
      }
      if (this.#group?.[0] === first) { for (const number of this.#group) found.push(number); }
    }
    return Uint32Array.from(found);
  }

  /** Takes the temporary file away. */
  [Symbol.dispose](): void {
    this.#records[Symbol.dispose]();
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
