/**
 * Scrambled text: letters in place of letters, digits in place of digits, as long as before, so that it
 * looks and measures the same. The same text is scrambled in the same way everywhere.
 *
 * @module
 */

import { chachaBlock, chachaBlockWords } from "../crypto/chacha20.ts";
import { HmacSha256 } from "../crypto/hmac_sha256.ts";

const BACKSLASH = 0x5c;

/** Letters of one kind that stand in one row of 64 characters of Unicode. */
type Row = ReadonlyMap<string, readonly number[]>;

const kinds: readonly (readonly [string, RegExp])[] = [
  ["upper", /\p{Lu}/u],
  ["lower", /\p{Ll}/u],
  ["letter", /\p{L}/u],
  ["mark", /\p{M}/u],
  ["digit", /\p{Nd}/u],
];

/** For each character of ASCII, the first of its kind, and how many there are; 0 for those that stay. */
const firstOfKind = new Uint8Array(128);
const sizeOfKind = new Uint8Array(128);
for (const [first, last] of ["az", "AZ", "09"]) {
  const [from, to] = [first!.charCodeAt(0), last!.charCodeAt(0)];
  firstOfKind.fill(from, from, to + 1);
  sizeOfKind.fill(to - from + 1, from, to + 1);
}

/**
 * What a character of ASCII and a random byte make, by the character and then by the byte: one look-up for each
 * letter of a text. What is neither letter nor digit stays.
 */
const scrambledAscii = new Uint8Array(128 * 256);
for (let code = 0; code < 128; code++) {
  const row = scrambledAscii.subarray(code << 8, (code + 1) << 8).fill(code);
  const size = sizeOfKind[code]!;
  if (size === 0) continue;
  const end = firstOfKind[code]! + size;
  for (let byte = 0; byte < 256; byte++) {
    // Shifted by at least one, and never once around.
    const to = code + 1 + byte % (size - 1);
    row[byte] = to < end ? to : to - size;
  }
}
/** Whether a character of ASCII takes a random byte. */
const takesByte = sizeOfKind.map((size) => size === 0 ? 0 : 1);

/** Up to this many characters, a text needs no more random bytes than its key has. */
const keyBytes = 32;
const blockBytes = 4 * chachaBlockWords;
/** Up to this many characters, a text is scrambled at one go if it is ASCII. */
const shortChars = 2 ** 15;

const latin1 = new TextDecoder("latin1");

/** Scrambles texts and numbers. */
export class Scrambler {
  readonly #hmac: HmacSha256;
  readonly #rows = new Map<number, Row>();
  readonly #units = new Uint16Array(4096);
  readonly #chars = new Uint8Array(shortChars);

  // Random bytes of one text: ChaCha20, under a key that is the text's.
  readonly #key = new Int32Array(keyBytes / 4);
  readonly #block = new Int32Array(chachaBlockWords);
  readonly #random = new Uint8Array(this.#block.buffer);
  /** How many of them there are, and how many have been taken. */
  #count = 0;
  #at = 0;
  #blocks = 0;

  constructor(key: Uint8Array) {
    this.#hmac = new HmacSha256(key);
  }

  /**
   * Scrambles the usual text where it stands: ASCII without a backslash.
   *
   * @param bytes What holds it.
   * @param start Index of its first byte.
   * @param end Index after its last one.
   * @param target Takes as many bytes.
   * @param to Index of the first of them.
   * @returns Whether it is such a text; where it is not, what was written has no meaning.
   */
  ascii(bytes: Uint8Array, start: number, end: number, target: Uint8Array, to: number): boolean {
    this.#begin(this.#hmac.ofBytes(bytes, start, end), end - start);
    const random = this.#random;
    const shift = to - start;
    for (let from = start, at = 0; from < end; at = 0) {
      if (from > start) this.#next();
      for (const count = this.#count; from < end && at < count; from++) {
        const code = bytes[from]!;
        if (code >= 0x80 || code === BACKSLASH) return false;
        target[from + shift] = scrambledAscii[code << 8 | random[at]!]!;
        at += takesByte[code]!;
      }
    }
    return true;
  }

  /**
   * Scrambles a text.
   *
   * @param text Any text.
   * @returns A text of the same length, in code units.
   */
  text(text: string): string {
    if (text.length <= shortChars) {
      const scrambled = this.#shortAscii(text);
      if (scrambled !== undefined) return scrambled;
    }
    this.#begin(this.#hmac.ofText(text), text.length);
    const units = this.#units;
    let scrambled = "";
    let filled = 0;
    for (let i = 0; i < text.length; i++) {
      if (filled >= units.length - 1) {
        scrambled += textOfUnits(units.subarray(0, filled));
        filled = 0;
      }
      const code = text.charCodeAt(i);
      if (code < 0x80) {
        if (this.#at === this.#count) this.#next();
        units[filled++] = scrambledAscii[code << 8 | this.#random[this.#at]!]!;
        this.#at += takesByte[code]!;
        continue;
      }
      const point = this.#other(text.codePointAt(i)!);
      if (point > 0xffff) {
        const pair = String.fromCodePoint(point);
        units[filled++] = pair.charCodeAt(0);
        units[filled++] = pair.charCodeAt(1);
        i++;
      } else units[filled++] = point;
    }
    return scrambled + textOfUnits(units.subarray(0, filled));
  }

  /**
   * Scrambles a number.
   *
   * @param text Its JSON text.
   * @returns JSON text of a number of the same form: sign, point and exponent stay where they are.
   */
  number(text: string): string {
    this.#begin(this.#hmac.ofText(text), text.length);
    const mantissa = /^-?[\d.]+/.exec(text)![0];
    const first = text.startsWith("-") ? 1 : 0;
    let scrambled = "";
    for (let i = 0; i < mantissa.length; i++) {
      const code = mantissa.charCodeAt(i);
      // A number has no leading zero, and 0.5 has no other first digit.
      if (code < 0x30 || (i === first && code === 0x30)) scrambled += mantissa[i];
      else if (i === first) scrambled += 1 + (code - 0x31 + this.#shift(9)) % 9;
      else scrambled += (code - 0x30 + this.#shift(10)) % 10;
    }
    return scrambled + text.slice(mantissa.length);
  }

  /** Scrambles ASCII without a backslash; `undefined` for any other text. */
  #shortAscii(text: string): string | undefined {
    const chars = this.#chars;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) return undefined;
      chars[i] = code;
    }
    return this.ascii(chars, 0, text.length, chars, 0)
      ? latin1.decode(chars.subarray(0, text.length))
      : undefined;
  }

  /** Another letter of the same kind from the same row of characters: of the same script, mostly. */
  #other(point: number): number {
    const kind = kindOf(point);
    if (kind === undefined) return point;
    const row = this.#row(point >>> 6).get(kind)!;
    if (row.length > 1) return row[(row.indexOf(point) + this.#shift(row.length)) % row.length]!;
    // There is no other one: a letter that says nothing takes its place.
    if (kind === "mark") return point > 0xffff ? point : 0x0301;
    return point > 0xffff ? 0x20000 : kind === "upper" ? 0x58 : 0x78;
  }

  #row(index: number): Row {
    let row = this.#rows.get(index);
    if (row === undefined) {
      const points = Array.from({ length: 64 }, (_, i) => (index << 6) + i);
      row = Map.groupBy(points, (point) => kindOf(point) ?? "");
      this.#rows.set(index, row);
    }
    return row;
  }

  /** Begins the random bytes of a text. @param code Its code. @param length Its length in characters. */
  #begin(code: Int32Array, length: number): void {
    const key = this.#key;
    for (let i = 0; i < key.length; i++) {
      const word = code[i]!;
      // A code's bytes begin with the highest of a word, and those of a key of ChaCha20 with the lowest.
      key[i] = word << 24 | (word & 0xff00) << 8 | word >>> 8 & 0xff00 | word >>> 24;
    }
    this.#blocks = 0;
    if (length > keyBytes) return this.#next();
    for (let i = 0; i < key.length; i++) this.#block[i] = key[i]!;
    this.#count = keyBytes;
    this.#at = 0;
  }

  #next(): void {
    chachaBlock(this.#key, this.#blocks++, this.#block);
    this.#count = blockBytes;
    this.#at = 0;
  }

  /** From 1 to one less than the given number, so that nothing stays as it is. */
  #shift(of: number): number {
    if (this.#at === this.#count) this.#next();
    return 1 + this.#random[this.#at++]! % (of - 1);
  }
}

function textOfUnits(units: Uint16Array): string {
  return String.fromCharCode.apply(null, units as unknown as number[]);
}

function kindOf(point: number): string | undefined {
  // Halves of surrogate pairs, and what chooses between two looks of a character.
  if ((point >= 0xd800 && point <= 0xdfff) || (point >= 0xfe00 && point <= 0xfe0f)) {
    return undefined;
  }
  const char = String.fromCodePoint(point);
  return kinds.find(([, pattern]) => pattern.test(char))?.[0];
}
