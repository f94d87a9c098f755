/**
 * Hashes of texts that are looked for: keyed by random numbers that never leave the process, so that what is
 * put on the disk says nothing of the texts. 96 bits: among 10,000,000 texts and 10,000,000,000 positions a
 * wrong match is as good as impossible.
 *
 * @module
 */

/** Random numbers to hash texts with. */
export function randomSeeds(): Int32Array<ArrayBuffer> {
  return crypto.getRandomValues(new Int32Array(3));
}

/** Hashes text character by character: after each of them, the hash of the text so far can be taken. */
export class TextHash {
  /** The hash after `take`, 32 bits each. */
  a = 0;
  b = 0;
  c = 0;
  /** What texts are hashed with. */
  readonly seeds: Int32Array;
  #a = 0;
  #b = 0;
  #c = 0;
  #length = 0;

  /** @param seeds Three random numbers: the same ones make the same hashes. */
  constructor(seeds: Int32Array) {
    this.seeds = seeds;
  }

  /** Begins a text. */
  begin(): void {
    this.#a = this.seeds[0]!;
    this.#b = this.seeds[1]!;
    this.#c = this.seeds[2]!;
    this.#length = 0;
  }

  /** Adds a character. */
  add(code: number): void {
    this.#length++;
    let h = Math.imul(this.#a ^ code, 0x85ebca6b);
    this.#a = h ^ (h >>> 15);
    h = Math.imul(this.#b ^ code, 0xc2b2ae35 | 0);
    this.#b = h ^ (h >>> 13);
    h = Math.imul(this.#c ^ code, 0x27d4eb2f);
    this.#c = h ^ (h >>> 16);
  }

  /**
   * Makes the hash of a whole text.
   *
   * @param codes Its characters.
   * @param length How many they are.
   */
  ofCodes(codes: Uint16Array, length: number): void {
    let a = this.seeds[0]!;
    let b = this.seeds[1]!;
    let c = this.seeds[2]!;
    // As `add` does it, in variables: fields would be written for each character.
    for (let i = 0; i < length; i++) {
      const code = codes[i]!;
      a = Math.imul(a ^ code, 0x85ebca6b);
      a ^= a >>> 15;
      b = Math.imul(b ^ code, 0xc2b2ae35 | 0);
      b ^= b >>> 13;
      c = Math.imul(c ^ code, 0x27d4eb2f);
      c ^= c >>> 16;
    }
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#length = length;
    this.take();
  }

  /** Makes the hash of what was added. */
  take(): void {
    this.a = mixed(this.#a ^ this.#length) >>> 0;
    this.b = mixed(this.#b + this.#a) >>> 0;
    this.c = mixed(this.#c ^ this.#b) >>> 0;
  }
}

/** The last steps of MurmurHash3. */
function mixed(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35 | 0);
  return h ^ (h >>> 16);
}
