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

import { hash } from "node:crypto";

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const roundConstants = Int32Array.from(primes(64), (prime) => fraction(Math.cbrt(prime)));
/** The same of the square roots of the first 8. */
const initial = Int32Array.from(primes(8), (prime) => fraction(Math.sqrt(prime)));

/** From so many bytes on, what is native is faster, with what its call takes: here they begin a fourth block. */
const nativeBytesMin = 184;

/** The block that is hashed next, and what is made of it for the later rounds. */
const words = new Int32Array(64);
const state = new Int32Array(8);
const ascii = new Uint8Array(1024);
/** Takes a key's first block and a message, for what is native. */
const keyAndMessage = new Uint8Array(64 + 4096);
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
    return this.ofBytes(ascii, 0, text.length);
  }

  /**
   * Computes the code of bytes.
   *
   * @param bytes What holds them.
   * @param start Index of the first.
   * @param end Index after the last.
   * @returns As {@linkcode ofText}.
   */
  ofBytes(bytes: Uint8Array, start: number = 0, end: number = bytes.length): Int32Array {
    if (end - start < nativeBytesMin) this.#hashInner(bytes, start, end);
    else this.#hashInnerNatively(bytes.subarray(start, end));
    for (let i = 0; i < 8; i++) words[i] = state[i]!;
    begin(this.#outer);
    lastBlock(32, 64 + 32);
    return state;
  }

  /** Hashes the key's first block and the bytes. */
  #hashInner(bytes: Uint8Array, start: number, end: number): void {
    begin(this.#inner);
    let at = start;
    for (; at + 64 <= end; at += 64) {
      for (let i = 0, from = at; i < 16; i++, from += 4) {
        words[i] = (bytes[from]! << 24) | (bytes[from + 1]! << 16) | (bytes[from + 2]! << 8) |
          bytes[from + 3]!;
      }
      compress();
    }
    for (let i = 0; at + i < end; i++) putByte(i, bytes[at + i]!);
    lastBlock(end - at, 64 + end - start);
  }

  #hashInnerNatively(message: Uint8Array): void {
    const length = 64 + message.length;
    const whole = length <= keyAndMessage.length
      ? keyAndMessage.subarray(0, length)
      : new Uint8Array(length);
    whole.set(this.#innerBlock);
    whole.set(message, 64);
    // Of the forms of its result, this one takes a quarter of the time of the others.
    const hex = hash("sha256", whole, "hex");
    for (let i = 0; i < 64; i++) state[i >> 3] = state[i >> 3]! << 4 | hexDigit(hex, i);
  }
}

function hexDigit(hex: string, at: number): number {
  const code = hex.charCodeAt(at);
  return code < 0x40 ? code - 0x30 : code - 0x57;
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
  begin(initial);
  block.forEach((byte, i) => putByte(i, byte));
  compress();
  return state.slice();
}

function begin(first: Int32Array): void {
  for (let i = 0; i < 8; i++) state[i] = first[i]!;
}

/** Puts a byte of the next block into its words; the bytes of a word come in their order. */
function putByte(at: number, byte: number): void {
  const word = at >> 2;
  words[word] = (at & 3) === 0 ? byte << 24 : words[word]! | byte << (24 - 8 * (at & 3));
}

/** Ends the message whose last bytes are in the next block. */
function lastBlock(bytes: number, length: number): void {
  putByte(bytes, 0x80);
  let word = (bytes >> 2) + 1;
  if (bytes > 64 - 9) {
    for (; word < 16; word++) words[word] = 0;
    compress();
    word = 0;
  }
  for (; word < 14; word++) words[word] = 0;
  words[14] = Math.floor(length / 2 ** 29);
  words[15] = length << 3;
  compress();
}

/**
 * The compression function of SHA-256, with the names of FIPS 180-4. Of eight rounds, each has its variables
 * where the one before has left them, so that none is moved.
 */
function compress(): void {
  const w = words;
  const k = roundConstants;
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15]!;
    const y = w[i - 2]!;
    const s0 = (x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ (x >>> 3);
    const s1 = (y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ (y >>> 10);
    w[i] = (s1 + w[i - 7]! + s0 + w[i - 16]!) | 0;
  }
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let i = 0; i < 64; i += 8) {
    h = (h + sum1(e) + ch(e, f, g) + k[i]! + w[i]!) | 0;
    d = (d + h) | 0;
    h = (h + sum0(a) + maj(a, b, c)) | 0;
    g = (g + sum1(d) + ch(d, e, f) + k[i + 1]! + w[i + 1]!) | 0;
    c = (c + g) | 0;
    g = (g + sum0(h) + maj(h, a, b)) | 0;
    f = (f + sum1(c) + ch(c, d, e) + k[i + 2]! + w[i + 2]!) | 0;
    b = (b + f) | 0;
    f = (f + sum0(g) + maj(g, h, a)) | 0;
    e = (e + sum1(b) + ch(b, c, d) + k[i + 3]! + w[i + 3]!) | 0;
    a = (a + e) | 0;
    e = (e + sum0(f) + maj(f, g, h)) | 0;
    d = (d + sum1(a) + ch(a, b, c) + k[i + 4]! + w[i + 4]!) | 0;
    h = (h + d) | 0;
    d = (d + sum0(e) + maj(e, f, g)) | 0;
    c = (c + sum1(h) + ch(h, a, b) + k[i + 5]! + w[i + 5]!) | 0;
    g = (g + c) | 0;
    c = (c + sum0(d) + maj(d, e, f)) | 0;
    b = (b + sum1(g) + ch(g, h, a) + k[i + 6]! + w[i + 6]!) | 0;
    f = (f + b) | 0;
    b = (b + sum0(c) + maj(c, d, e)) | 0;
    a = (a + sum1(f) + ch(f, g, h) + k[i + 7]! + w[i + 7]!) | 0;
    e = (e + a) | 0;
    a = (a + sum0(b) + maj(b, c, d)) | 0;
  }
  state[0] = state[0]! + a;
  state[1] = state[1]! + b;
  state[2] = state[2]! + c;
  state[3] = state[3]! + d;
  state[4] = state[4]! + e;
  state[5] = state[5]! + f;
  state[6] = state[6]! + g;
  state[7] = state[7]! + h;
}

function sum0(x: number): number {
  return (x >>> 2 | x << 30) ^ (x >>> 13 | x << 19) ^ (x >>> 22 | x << 10);
}

function sum1(x: number): number {
  return (x >>> 6 | x << 26) ^ (x >>> 11 | x << 21) ^ (x >>> 25 | x << 7);
}

function ch(x: number, y: number, z: number): number {
  return z ^ (x & (y ^ z));
}

function maj(x: number, y: number, z: number): number {
  return (x & y) | (z & (x | y));
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
