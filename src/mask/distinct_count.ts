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
    hash(text);
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

/** 64 bits, by the mixing of MurmurHash3. */
function hash(text: string): void {
  let a = 0x9747b28c | 0;
  let b = text.length;
  for (let i = 0; i < text.length; i++) {
    // Of a long text, its beginning and its end tell it from others.
    if (i === headChars && text.length > headChars + tailChars) i = text.length - tailChars;
    const code = text.charCodeAt(i);
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
