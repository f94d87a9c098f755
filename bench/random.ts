/**
 * Numbers from a seed: splitmix32, which is small, quick and has no bad seeds.
 *
 * @module
 */

/** Four hex digits for each 16 bits: ids are put together from these. */
const hexOf16Bits: readonly string[] = Array.from(
  { length: 0x10000 },
  (_, bits) => bits.toString(16).padStart(4, "0"),
);

/** A sequence of numbers that a seed determines. */
export class Random {
  #state: number;

  /** @param seed An integer; the same one gives the same sequence. */
  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** An integer from 0 to 2^32 − 1. */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let mixed = this.#state ^ (this.#state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  }

  /** An integer from 0 to `limit` − 1. */
  below(limit: number): number {
    return Math.floor(this.next() / 2 ** 32 * limit);
  }

  /** One of the items. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** A UUID of version 4. */
  uuidV4(): string {
    return `${this.#hex()}${this.#hex()}-${this.#hex()}-${this.#tail("4")}`;
  }

  /** A UUID of version 7. @param ms Its time, in milliseconds since 1970. */
  uuidV7(ms: number): string {
    const high = Math.floor(ms / 2 ** 32);
    const middle = Math.floor(ms / 2 ** 16) % 2 ** 16;
    return `${hexOf16Bits[high]}${hexOf16Bits[middle]}-${hexOf16Bits[ms % 2 ** 16]}-${
      this.#tail("7")
    }`;
  }

  /** Version, variant and the rest. */
  #tail(version: string): string {
    const variant = hexOf16Bits[(this.next() >>> 16) & 0x3fff | 0x8000];
    const digits = this.#hex().slice(1);
    return `${version}${digits}-${variant}-${this.#hex()}${this.#hex()}${this.#hex()}`;
  }

  #hex(): string {
    return hexOf16Bits[this.next() >>> 16]!;
  }
}
