/**
 * FF1: a permutation of the texts of one length over an alphabet (NIST SP 800-38G, revision 1). Under a
 * secret key nobody can tell which, and no two texts become the same one.
 *
 * `@noble/ciphers` has FF1 too, for arrays of digits: it takes some 60 µs a text, of which nearly all is
 * arithmetic. A test holds this against the samples of NIST and against the library's own FF1.
 *
 * @module
 */

import { Aes } from "./aes.ts";

const rounds = 10;
const noTweak = new Uint8Array(0);

/** Up to this many digits, both halves are exact in a number, and so is a half times 2¹⁶. */
const smallDigits = 18;

/** What is the same for all texts of one length. */
interface OfLength {
  /** The first block of every round, encrypted: what the second one is combined with. */
  readonly p0: number;
  readonly p1: number;
  readonly p2: number;
  readonly p3: number;
  /** How many bytes the larger half takes. */
  readonly bytes: number;
  /** How many texts as long as each half there are, for those that are exact in a number. */
  readonly moduloU: number;
  readonly moduloV: number;
}

/** FF1 under one key, for one alphabet. */
export class Ff1 {
  readonly #aes: Aes;
  readonly #radix: number;
  readonly #tweak: Uint8Array;
  /** What is the same for all texts of one length. */
  readonly #lengths = new Map<number, OfLength>();

  /**
   * @param key An AES key.
   * @param radix How many letters the alphabet has, at most 65,535.
   * @param tweak Texts under different tweaks are permuted differently.
   */
  constructor(key: Uint8Array, radix: number, tweak: Uint8Array = noTweak) {
    this.#aes = new Aes(key);
    this.#radix = radix;
    this.#tweak = tweak;
  }

  /**
   * Permutes a text.
   *
   * @param letters The text's letters, by their numbers in the alphabet.
   * @returns As many letters.
   */
  encrypt(letters: readonly number[]): number[] {
    const u = letters.length >> 1;
    const v = letters.length - u;
    const radix = BigInt(this.#radix);
    const [a, b] = this.#encryptHalves(number(letters.slice(0, u)), number(letters.slice(u)), u, v);
    return [...lettersOf(a, u), ...lettersOf(b, v)];

    function number(part: readonly number[]): bigint {
      return part.reduce((sum, letter) => sum * radix + BigInt(letter), 0n);
    }
    function lettersOf(value: bigint, count: number): number[] {
      const part = new Array<number>(count);
      for (let i = count - 1; i >= 0; i--, value /= radix) part[i] = Number(value % radix);
      return part;
    }
  }

  /**
   * Permutes decimal digits, for an alphabet of ten.
   *
   * @param digits At least two.
   * @returns As many digits.
   */
  encryptDigits(digits: string): string {
    const u = digits.length >> 1;
    const v = digits.length - u;
    if (digits.length > smallDigits || this.#tweak.length > 0) {
      const [a, b] = this.#encryptHalves(BigInt(digits.slice(0, u)), BigInt(digits.slice(u)), u, v);
      return String(a).padStart(u, "0") + String(b).padStart(v, "0");
    }
    const { p0, p1, p2, p3, bytes, moduloU, moduloV } = this.#ofLength(digits.length);
    const aes = this.#aes;
    const { block } = aes;
    let a = Number(digits.slice(0, u));
    let b = Number(digits.slice(u));
    for (let i = 0; i < rounds; i++) {
      // [i] stands before the b bytes of the number, at the end of the block.
      const w2 = bytes === 4 ? i : 0;
      const w3 = bytes === 4 ? b : i * 2 ** (8 * bytes) + b;
      aes.encrypt(p0, p1, p2 ^ swap(w2), p3 ^ swap(w3));
      const modulo = i % 2 === 0 ? moduloU : moduloV;
      const c = (a + remainder(swap(block[0]!) >>> 0, swap(block[1]!) >>> 0, modulo)) % modulo;
      a = b;
      b = c;
    }
    return String(a).padStart(u, "0") + String(b).padStart(v, "0");
  }

  /**
   * Permutes 122 bits, for an alphabet of two: those of a UUID that are free.
   *
   * @param words The two halves, each as its upper 29 bits and its lower 32; overwritten with the result.
   */
  encrypt122Bits(words: Int32Array): void {
    const { p0, p1, p2, p3 } = this.#ofLength(122);
    const aes = this.#aes;
    const { block } = aes;
    let [aHigh, aLow, bHigh, bLow] = [words[0]!, words[1]!, words[2]!, words[3]!];
    for (let i = 0; i < rounds; i++) {
      aes.encrypt(p0, p1 ^ swap(i), p2 ^ swap(bHigh), p3 ^ swap(bLow));
      const low = (aLow >>> 0) + (swap(block[2]!) >>> 0);
      const high = aHigh + (swap(block[1]!) & 0x1fff_ffff) + (low > 0xffff_ffff ? 1 : 0);
      aHigh = bHigh;
      aLow = bLow;
      bHigh = high & 0x1fff_ffff;
      bLow = low | 0;
    }
    words[0] = aHigh;
    words[1] = aLow;
    words[2] = bHigh;
    words[3] = bLow;
  }

  #ofLength(length: number): OfLength {
    let found = this.#lengths.get(length);
    if (found === undefined) {
      const u = length >> 1;
      const v = length - u;
      this.#aes.encrypt(
        swap(0x01020100),
        swap((this.#radix << 16) | (rounds << 8) | (u & 0xff)),
        swap(length),
        swap(this.#tweak.length),
      );
      const [p0, p1, p2, p3] = this.#aes.block;
      found = {
        p0: p0!,
        p1: p1!,
        p2: p2!,
        p3: p3!,
        bytes: bytesOfHalf(this.#radix, v),
        moduloU: this.#radix ** u,
        moduloV: this.#radix ** v,
      };
      this.#lengths.set(length, found);
    }
    return found;
  }

  /** The standard's algorithm 7, with its names, for halves of any length. */
  #encryptHalves(a: bigint, b: bigint, u: number, v: number): [bigint, bigint] {
    const { p0, p1, p2, p3, bytes } = this.#ofLength(u + v);
    const aes = this.#aes;
    const { block } = aes;
    const d = 4 * Math.ceil(bytes / 4) + 4;
    const t = this.#tweak.length;
    const q = new Uint8Array(Math.ceil((t + 1 + bytes) / 16) * 16);
    q.set(this.#tweak);
    const radix = BigInt(this.#radix);
    for (let i = 0; i < rounds; i++) {
      q[q.length - bytes - 1] = i;
      let rest = b;
      for (let at = q.length - 1; at >= q.length - bytes; at--, rest >>= 8n) {
        q[at] = Number(rest & 0xffn);
      }
      let [r0, r1, r2, r3] = [p0, p1, p2, p3];
      const view = new DataView(q.buffer);
      for (let at = 0; at < q.length; at += 16) {
        aes.encrypt(
          r0 ^ view.getInt32(at, true),
          r1 ^ view.getInt32(at + 4, true),
          r2 ^ view.getInt32(at + 8, true),
          r3 ^ view.getInt32(at + 12, true),
        );
        [r0, r1, r2, r3] = [block[0]!, block[1]!, block[2]!, block[3]!];
      }
      const words = [r0, r1, r2, r3];
      for (let j = 1; words.length * 4 < d; j++) {
        aes.encrypt(r0, r1, r2, r3 ^ swap(j));
        words.push(...block);
      }
      let y = 0n;
      for (let k = 0; k < d / 4; k++) y = (y << 32n) | BigInt(swap(words[k]!) >>> 0);
      const c = (a + y) % (radix ** BigInt(i % 2 === 0 ? u : v));
      a = b;
      b = c;
    }
    return [a, b];
  }
}

/** How many bytes the larger half takes. */
function bytesOfHalf(radix: number, v: number): number {
  // The exact number of bits of radix^v - 1, which a logarithm may miss.
  return Math.ceil((BigInt(radix) ** BigInt(v) - 1n).toString(2).length / 8);
}

/** The remainder of a number of 64 bits. */
function remainder(high: number, low: number, modulo: number): number {
  let rest = high % modulo;
  rest = (rest * 2 ** 16 + (low >>> 16)) % modulo;
  return (rest * 2 ** 16 + (low & 0xffff)) % modulo;
}

/** The standard writes numbers with the highest byte first, the cipher takes the lowest first. */
function swap(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}
