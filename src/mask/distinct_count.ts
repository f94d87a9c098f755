/**
 * About how many different texts there were: a few are counted exactly, many by HyperLogLog (Flajolet and
 * others, 2007) with 1,024 registers, which errs by 3 % or so.
 *
 * @module
 */

const registerBits = 10;
const registers = 2 ** registerBits;
/** Characters of a long text that are looked at. */
const headChars = 64;
const tailChars = 16;
/** Up to this many texts, each hash is kept. */
const exactCount = 128;

/** Counts different texts in about a KiB. */
export class DistinctCount {
  #exact: Set<number> | undefined = new Set();
  #registers: Uint8Array | undefined;

  /** Adds a text. */
  add(text: string): void {
    let count = 0;
    for (let i = 0; i < text.length; i++) {
      if (i === headChars) i = afterHead(i, text.length);
      sampled[count++] = text.charCodeAt(i);
    }
    this.#add(count, text.length);
  }

  /** Adds a text of ASCII, from one index of what holds it up to another. */
  addAscii(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    let count = 0;
    for (let i = 0; i < length; i++) {
      if (i === headChars) i = afterHead(i, length);
      sampled[count++] = bytes[start + i]!;
    }
    this.#add(count, length);
  }

  #add(count: number, length: number): void {
    hash(count, length);
    if (this.#exact !== undefined) {
      this.#exact.add(high * 2 ** 21 + (low >>> 11));
      if (this.#exact.size <= exactCount) return;
      const kept = this.#exact;
      this.#exact = undefined;
      for (const each of kept) this.#count(Math.floor(each / 2 ** 21), (each % 2 ** 21) << 11);
      return;
    }
    this.#count(high, low);
  }

  /** Adds what another has counted. */
  addAll(other: DistinctCount): void {
    if (other.#exact !== undefined) {
      for (const each of other.#exact) {
        if (this.#exact !== undefined) this.#exact.add(each);
        else this.#count(Math.floor(each / 2 ** 21), (each % 2 ** 21) << 11);
      }
      return;
    }
    const mine = this.#exact;
    this.#exact = undefined;
    this.#registers ??= new Uint8Array(registers);
    for (const each of mine ?? []) this.#count(Math.floor(each / 2 ** 21), (each % 2 ** 21) << 11);
    for (let i = 0; i < registers; i++) {
      this.#registers[i] = Math.max(this.#registers[i]!, other.#registers![i]!);
    }
  }

  /** Whether the count is exact. */
  get isExact(): boolean {
    return this.#exact !== undefined;
  }

  /** About how many. */
  get estimate(): number {
    if (this.#exact !== undefined) return this.#exact.size;
    let sum = 0;
    let empty = 0;
    for (const rank of this.#registers!) {
      sum += 2 ** -rank;
      if (rank === 0) empty++;
    }
    const alpha = 0.7213 / (1 + 1.079 / registers);
    const raw = alpha * registers * registers / sum;
    const isSmall = raw <= 2.5 * registers && empty > 0;
    return Math.round(isSmall ? registers * Math.log(registers / empty) : raw);
  }

  #count(high: number, low: number): void {
    this.#registers ??= new Uint8Array(registers);
    const register = high >>> (32 - registerBits);
    const rest = (high << registerBits) | (low >>> (32 - registerBits));
    const rank = Math.clz32(rest) + 1;
    if (rank > this.#registers[register]!) this.#registers[register] = rank;
  }
}

// The hash of the last text: an object for each would cost more than the hash.
let high = 0;
let low = 0;

/** The characters that are looked at of the last text. */
const sampled = new Uint16Array(headChars + tailChars);

/** Where to go on after the head: of a long text, its beginning and its end tell it from others. */
function afterHead(at: number, length: number): number {
  return Math.max(at, length - tailChars);
}

/** 64 bits, by the mixing of MurmurHash3. */
function hash(count: number, length: number): void {
  let a = 0x9747b28c | 0;
  let b = length;
  for (let i = 0; i < count; i++) {
    const code = sampled[i]!;
    a = Math.imul(a ^ code, 0x85ebca6b);
    a ^= a >>> 15;
    b = Math.imul(b ^ code, 0xc2b2ae35 | 0);
    b ^= b >>> 13;
  }
  high = mixed(a) >>> 0;
  low = mixed(b ^ a) >>> 0;
}

function mixed(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35 | 0);
  return h ^ (h >>> 16);
}
