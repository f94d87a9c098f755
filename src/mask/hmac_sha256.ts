/**
 * HMAC-SHA-256 (RFC 2104, FIPS 180-4) of many short texts under one key.
 *
 * `createHmac` of `node:crypto` takes some 10 µs a text, most of it for the objects that it makes and the
 * key that it takes in again; a mask needs several a line. Here the state after the key's block is kept, so
 * that a short text takes two blocks; the blocks of a long one are hashed by `node:crypto` all the same. A test
 * compares it with `node:crypto`.
 *
 * @module
 */

import { createHash } from "node:crypto";

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const roundConstants = Int32Array.from(primes(64), (prime) => fraction(Math.cbrt(prime)));
/** The same of the square roots of the first 8. */
const initial = Int32Array.from(primes(8), (prime) => fraction(Math.sqrt(prime)));

/** From so many bytes on, what is native is faster, with what its call takes. */
const nativeBytesMin = 1024;

const words = new Int32Array(64);
const block = new Uint8Array(64);
const state = new Int32Array(8);
const ascii = new Uint8Array(1024);
const encoder = new TextEncoder();

/** HMAC-SHA-256 under one key. */
export class HmacSha256 {
  /** The key's first block, and the states after both of its blocks. */
  readonly #innerBlock: Uint8Array;
  readonly #inner: Int32Array;
  readonly #outer: Int32Array;

  /** @param key The key: at most 64 bytes. */
  constructor(key: Uint8Array) {
    if (key.length > 64) throw new RangeError("The key is longer than a block");
    this.#innerBlock = padded(key, 0x36);
    this.#inner = after(this.#innerBlock);
    this.#outer = after(padded(key, 0x5c));
  }

  /**
   * Computes the code of a text.
   *
   * @param text The text, which is taken as UTF-8; it has no halves of surrogate pairs.
   * @returns Eight words of 32 bits. They are overwritten by the next call, of any object.
   */
  ofText(text: string): Int32Array {
    if (text.length > ascii.length) return this.ofBytes(encoder.encode(text));
    // For short texts, the call of the encoder takes longer than all else.
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return this.ofBytes(encoder.encode(text));
      ascii[i] = code;
    }
    return this.#ofBytes(ascii, text.length);
  }

  /**
   * Computes the code of bytes.
   *
   * @returns As {@linkcode ofText}.
   */
  ofBytes(bytes: Uint8Array): Int32Array {
    return this.#ofBytes(bytes, bytes.length);
  }

  #ofBytes(bytes: Uint8Array, length: number): Int32Array {
    if (length < nativeBytesMin) this.#hashInner(bytes, length);
    else {
      const hash = createHash("sha256").update(this.#innerBlock).update(bytes.subarray(0, length));
      block.set(hash.digest());
    }
    state.set(this.#outer);
    lastBlock(32, 64 + 32);
    return state;
  }

  /** Puts the hash of the key's first block and the bytes into the block. */
  #hashInner(bytes: Uint8Array, length: number): void {
    state.set(this.#inner);
    let at = 0;
    for (; at + 64 <= length; at += 64) compress(state, bytes, at);
    const rest = length - at;
    for (let i = 0; i < rest; i++) block[i] = bytes[at + i]!;
    if (rest > 64 - 9) {
      block[rest] = 0x80;
      block.fill(0, rest + 1);
      compress(state, block, 0);
      block.fill(0, 0, 56);
      writeLength(64 + length);
      compress(state, block, 0);
    } else lastBlock(rest, 64 + length);
    for (let i = 0; i < 8; i++) writeWord(4 * i, state[i]!);
  }
}

/**
 * The bytes of a code.
 *
 * @param code Eight words.
 * @returns 32 bytes.
 */
export function bytesOfCode(code: Int32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(32);
  for (let i = 0; i < 32; i++) bytes[i] = code[i >> 2]! >>> (24 - 8 * (i & 3));
  return bytes;
}

/** A block of the key, combined with a byte. */
function padded(key: Uint8Array, pad: number): Uint8Array {
  const padded = new Uint8Array(64).fill(pad);
  for (let i = 0; i < key.length; i++) padded[i] = padded[i]! ^ key[i]!;
  return padded;
}

/** The state after a first block. */
function after(block: Uint8Array): Int32Array {
  const after = initial.slice();
  compress(after, block, 0);
  return after;
}

/** Ends the message whose last bytes are in the block. */
function lastBlock(bytes: number, length: number): void {
  block[bytes] = 0x80;
  block.fill(0, bytes + 1, 56);
  writeLength(length);
  compress(state, block, 0);
}

function writeLength(bytes: number): void {
  writeWord(56, Math.floor(bytes / 2 ** 29));
  writeWord(60, bytes << 3);
}

function writeWord(at: number, word: number): void {
  block[at] = word >>> 24;
  block[at + 1] = word >>> 16;
  block[at + 2] = word >>> 8;
  block[at + 3] = word;
}

/** The compression function of SHA-256, with the names of FIPS 180-4. */
function compress(hash: Int32Array, bytes: Uint8Array, start: number): void {
  const w = words;
  for (let i = 0, at = start; i < 16; i++, at += 4) {
    w[i] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  }
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15]!;
    const y = w[i - 2]!;
    const s0 = (x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ (x >>> 3);
    const s1 = (y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ (y >>> 10);
    w[i] = (s1 + w[i - 7]! + s0 + w[i - 16]!) | 0;
  }
  let a = hash[0]!;
  let b = hash[1]!;
  let c = hash[2]!;
  let d = hash[3]!;
  let e = hash[4]!;
  let f = hash[5]!;
  let g = hash[6]!;
  let h = hash[7]!;
  for (let i = 0; i < 64; i++) {
    const sum1 = (e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7);
    const t1 = (h + sum1 + ((e & f) ^ (~e & g)) + roundConstants[i]! + w[i]!) | 0;
    const sum0 = (a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10);
    const t2 = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  hash[0] = hash[0]! + a;
  hash[1] = hash[1]! + b;
  hash[2] = hash[2]! + c;
  hash[3] = hash[3]! + d;
  hash[4] = hash[4]! + e;
  hash[5] = hash[5]! + f;
  hash[6] = hash[6]! + g;
  hash[7] = hash[7]! + h;
}

function primes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) {
    if (found.every((prime) => n % prime !== 0)) found.push(n);
  }
  return found;
}

function fraction(root: number): number {
  return (root % 1) * 2 ** 32 | 0;
}
