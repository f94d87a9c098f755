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

/** What a count consists of, for another thread: hashes while it is exact, registers after that. */
export type DistinctParts = { exact: number[] } | { registers: Uint8Array };

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
    if (this.#exact === undefined) this.#count(high, low);
    else this.#addHash(high * 2 ** 21 + (low >>> 11));
  }

  /** Adds the 53 bits of a hash that an exact count keeps. */
  #addHash(kept: number): void {
    if (this.#exact === undefined) return this.#count(...halvesOf(kept));
    this.#exact.add(kept);
    if (this.#exact.size > exactCount) this.#endExact();
  }

  #endExact(): void {
    const kept = this.#exact ?? [];
    this.#exact = undefined;
    this.#registers ??= new Uint8Array(registers);
    for (const each of kept) this.#count(...halvesOf(each));
  }

  /** What it consists of. */
  get parts(): DistinctParts {
    if (this.#exact !== undefined) return { exact: [...this.#exact] };
    return { registers: this.#registers! };
  }

  /** Adds what another has counted. */
  addAll(other: DistinctParts): void {
    if ("exact" in other) {
      for (const each of other.exact) this.#addHash(each);
      return;
    }
    this.#endExact();
    for (let i = 0; i < registers; i++) {
      this.#registers![i] = Math.max(this.#registers![i]!, other.registers[i]!);
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
    const counts = this.#registers!;
    const register = high >>> (32 - registerBits);
    const rest = (high << registerBits) | (low >>> (32 - registerBits));
    const rank = Math.clz32(rest) + 1;
    if (rank > counts[register]!) counts[register] = rank;
  }
}

/** The two numbers that a kept hash is made of; the lowest 11 bits are gone. */
function halvesOf(kept: number): [high: number, low: number] {
  return [Math.floor(kept / 2 ** 21), (kept % 2 ** 21) << 11];
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
