/**
 * AES (FIPS 197), one block at a time.
 *
 * The keys of the rounds and the S-box are those of `@noble/ciphers`. Its own rounds look into tables of half a
 * MiB, which the mask's other tables push out of the processor's caches again and again: a pseudonym, of ten
 * blocks, takes 16 µs then. These tables take 4 KiB, and a pseudonym 1.7 µs.
 *
 * @module
 */

import { aesEncrypt, aesRoundKeys } from "../../deps/noble_ciphers.ts";

const oneRound = new Uint32Array(8);
/** Without keys and other rounds, the last one is the S-box alone. */
const sbox = Uint8Array.from({ length: 256 }, (_, byte) => aesEncrypt(oneRound, byte, 0, 0, 0).s0);

/** What a byte adds to a column: S-box and MixColumns in one. For the other rows it is the same, rotated. */
const mixed = Int32Array.from(sbox, (s) => {
  const doubled = (s << 1) ^ (s & 0x80 ? 0x11b : 0);
  return doubled | s << 8 | s << 16 | (doubled ^ s) << 24;
});

const mixed1 = mixed.map((column) => column << 8 | column >>> 24);
const mixed2 = mixed.map((column) => column << 16 | column >>> 16);
const mixed3 = mixed.map((column) => column << 24 | column >>> 8);

/** A key for AES. */
export class Aes {
  /** The block that was encrypted last: four words, each with its bytes in little-endian order. */
  readonly block: Int32Array<ArrayBuffer> = new Int32Array(4);
  readonly #roundKeys: Int32Array;

  /** @param key The key: of 16, 24 or 32 bytes. */
  constructor(key: Uint8Array) {
    this.#roundKeys = Int32Array.from(aesRoundKeys(key));
  }

  /**
   * Encrypts a block, which is given in the form in which it is put into `block`.
   *
   * @param s0 Its first word.
   * @param s1 Its second one.
   * @param s2 Its third one.
   * @param s3 Its last one.
   */
  encrypt(s0: number, s1: number, s2: number, s3: number): void {
    const keys = this.#roundKeys;
    const last = keys.length - 4;
    s0 ^= keys[0]!;
    s1 ^= keys[1]!;
    s2 ^= keys[2]!;
    s3 ^= keys[3]!;
    for (let k = 4; k < last; k += 4) {
      const t0 = keys[k]! ^ column(s0, s1, s2, s3);
      const t1 = keys[k + 1]! ^ column(s1, s2, s3, s0);
      const t2 = keys[k + 2]! ^ column(s2, s3, s0, s1);
      s3 = keys[k + 3]! ^ column(s3, s0, s1, s2);
      s0 = t0;
      s1 = t1;
      s2 = t2;
    }
    const { block } = this;
    block[0] = keys[last]! ^ lastColumn(s0, s1, s2, s3);
    block[1] = keys[last + 1]! ^ lastColumn(s1, s2, s3, s0);
    block[2] = keys[last + 2]! ^ lastColumn(s2, s3, s0, s1);
    block[3] = keys[last + 3]! ^ lastColumn(s3, s0, s1, s2);
  }
}

/** A column of a round: ShiftRows takes each of its bytes from another column. */
function column(a: number, b: number, c: number, d: number): number {
  return mixed[a & 0xff]! ^ mixed1[b >>> 8 & 0xff]! ^ mixed2[c >>> 16 & 0xff]! ^ mixed3[d >>> 24]!;
}

/** The same of the last round, which has no MixColumns. */
function lastColumn(a: number, b: number, c: number, d: number): number {
  return sbox[a & 0xff]! | sbox[b >>> 8 & 0xff]! << 8 | sbox[c >>> 16 & 0xff]! << 16 |
    sbox[d >>> 24]! << 24;
}
