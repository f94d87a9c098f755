/**
 * What an import has seen: a Bloom filter. To look every id and every position up in the database
 * would cost an import much of its speed, and to remember them all would cost memory without
 * bound. This costs a fixed amount of memory, and a look-up only where it says "perhaps".
 *
 * @module
 */

import { kvSeenBytes } from "../limits.ts";

/** Bits that are set for a text. */
const bitsPerText = 4;

/** A set of texts that may say of one that it is in it when it is not, never the other way round. */
export class BloomFilter {
  readonly #words: Uint32Array<ArrayBuffer>;
  readonly #bits: number;

  constructor(bytes: number = kvSeenBytes) {
    this.#words = new Uint32Array(bytes / 4);
    this.#bits = this.#words.length * 32;
  }

  /** Adds a text; `false` when it was certainly not in the set, `true` when it may have been. */
  add(text: string): boolean {
    let first = 0x811c9dc5;
    let second = 0x9747b28c;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      first = Math.imul(first ^ code, 0x01000193);
      second = Math.imul(second ^ code, 0x5bd1e995);
      second ^= second >>> 15;
    }
    first = mix(first);
    // Odd, so that the bits never coincide.
    second = mix(second) | 1;
    let wasThere = true;
    for (let n = 0; n < bitsPerText; n++) {
      const bit = ((first + Math.imul(n, second)) >>> 0) % this.#bits;
      const mask = 1 << (bit & 31);
      if ((this.#words[bit >>> 5]! & mask) === 0) { // There are bits / 32 words.
        wasThere = false;
        this.#words[bit >>> 5]! |= mask;
      }
    }
    return wasThere;
  }
}

/** The end of MurmurHash3: every bit of the number comes to depend on every other. */
function mix(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
