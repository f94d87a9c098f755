/**
 * Scrambled text: letters in place of letters, digits in place of digits, as long as before, so that it
 * looks and measures the same. The same text is scrambled in the same way everywhere.
 *
 * @module
 */

import { aesEncrypt, aesRoundKeys } from "../deps/noble_aes.ts";
import { HmacSha256 } from "./hmac_sha256.ts";
import type { MaskKeys } from "./mask_keys.ts";

/** Letters of one kind that stand in one row of 64 characters of Unicode. */
type Row = ReadonlyMap<string, readonly number[]>;

const kinds: readonly (readonly [string, RegExp])[] = [
  ["upper", /\p{Lu}/u],
  ["lower", /\p{Ll}/u],
  ["letter", /\p{L}/u],
  ["mark", /\p{M}/u],
  ["digit", /\p{Nd}/u],
];

/** Scrambles texts and numbers. */
export class Scrambler {
  readonly #hmac: HmacSha256;
  readonly #roundKeys: Uint32Array;
  readonly #rows = new Map<number, Row>();

  // The stream of random bytes of one text: AES in counter mode, from a nonce that is the text's.
  #nonce: readonly [number, number, number] = [0, 0, 0];
  #block = 0;
  #words: number[] = [];
  #byte = 0;

  /** @param keys Derives its keys. */
  constructor(keys: MaskKeys) {
    this.#hmac = new HmacSha256(keys.derive("scramble"));
    this.#roundKeys = aesRoundKeys(keys.derive("scramble stream"));
  }

  /**
   * Scrambles a text.
   *
   * @param text Any text.
   * @returns A text of the same length, in code units.
   */
  text(text: string): string {
    this.#begin(text);
    const units = new Uint16Array(Math.min(text.length, 4096));
    let scrambled = "";
    let filled = 0;
    for (let i = 0; i < text.length; i++) {
      if (filled >= units.length - 1) {
        scrambled += String.fromCharCode.apply(
          null,
          units.subarray(0, filled) as unknown as number[],
        );
        filled = 0;
      }
      const code = text.charCodeAt(i);
      if (code < 0x80) units[filled++] = this.#ascii(code);
      else {
        const point = this.#other(text.codePointAt(i)!);
        if (point > 0xffff) {
          const pair = String.fromCodePoint(point);
          units[filled++] = pair.charCodeAt(0);
          units[filled++] = pair.charCodeAt(1);
          i++;
        } else units[filled++] = point;
      }
    }
    return scrambled +
      String.fromCharCode.apply(null, units.subarray(0, filled) as unknown as number[]);
  }

  /**
   * Scrambles a number.
   *
   * @param text Its JSON text.
   * @returns JSON text of a number of the same form: sign, point and exponent stay where they are.
   */
  number(text: string): string {
    this.#begin(text);
    const mantissa = /^-?[\d.]+/.exec(text)![0];
    const first = text.startsWith("-") ? 1 : 0;
    let scrambled = "";
    for (let i = 0; i < mantissa.length; i++) {
      const code = mantissa.charCodeAt(i);
      if (code < 0x30) scrambled += mantissa[i];
      // A number has no leading zero, and 0.5 has no other first digit.
      else if (i === first) {
        scrambled += code === 0x30 ? "0" : 1 + (code - 0x31 + this.#shift(9)) % 9;
      } else scrambled += (code - 0x30 + this.#shift(10)) % 10;
    }
    return scrambled + text.slice(mantissa.length);
  }

  #ascii(code: number): number {
    if (code >= 0x61 && code <= 0x7a) return 0x61 + (code - 0x61 + this.#shift(26)) % 26;
    if (code >= 0x41 && code <= 0x5a) return 0x41 + (code - 0x41 + this.#shift(26)) % 26;
    if (code >= 0x30 && code <= 0x39) return 0x30 + (code - 0x30 + this.#shift(10)) % 10;
    return code;
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

  #begin(text: string): void {
    const code = this.#hmac.ofText(text);
    this.#nonce = [code[0]!, code[1]!, code[2]!];
    this.#block = 0;
    this.#byte = 16;
  }

  /** From 1 to one less than the given number, so that nothing stays as it is. */
  #shift(of: number): number {
    return 1 + this.#next() % (of - 1);
  }

  #next(): number {
    if (this.#byte === 16) {
      const [a, b, c] = this.#nonce;
      const { s0, s1, s2, s3 } = aesEncrypt(this.#roundKeys, a, b, c, this.#block++);
      this.#words = [s0, s1, s2, s3];
      this.#byte = 0;
    }
    const at = this.#byte++;
    return (this.#words[at >> 2]! >>> (8 * (at & 3))) & 0xff;
  }
}

function kindOf(point: number): string | undefined {
  // Halves of surrogate pairs, and what chooses between two looks of a character.
  if ((point >= 0xd800 && point <= 0xdfff) || (point >= 0xfe00 && point <= 0xfe0f)) {
    return undefined;
  }
  const char = String.fromCodePoint(point);
  return kinds.find(([, pattern]) => pattern.test(char))?.[0];
}
