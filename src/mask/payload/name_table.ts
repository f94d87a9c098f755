/**
 * Names that stand in JSON as bytes, looked up without making a string of each.
 *
 * @module
 */

/** What a hash of no bytes is (FNV-1a). */
export const emptyHash = 0x811c9dc5 | 0;

/** The hash of some bytes and one more. */
export function hashWith(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193);
}

const encoder = new TextEncoder();

/** A set of names. */
export class NameTable {
  /** The names: what is found is an index of this. */
  readonly names: readonly string[];
  readonly #bytes: readonly Uint8Array[];
  /** Open addressing: an index of the names and 1, or 0. */
  readonly #slots: Int32Array;
  readonly #mask: number;

  constructor(names: Iterable<string>) {
    this.names = [...names];
    this.#bytes = this.names.map((name) => encoder.encode(name));
    const size = 2 ** Math.ceil(Math.log2(2 * this.names.length + 1));
    this.#slots = new Int32Array(size);
    this.#mask = size - 1;
    this.#bytes.forEach((bytes, index) => {
      let slot = slotOf(bytes.reduce(hashWith, emptyHash)) & this.#mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = index + 1;
    });
  }

  /** Whether there is no name in it. */
  get isEmpty(): boolean {
    return this.names.length === 0;
  }

  /**
   * Looks a name up.
   *
   * @param bytes What holds it, as UTF-8.
   * @param start Index of its first byte.
   * @param end Index after its last byte.
   * @returns Its index; −1 where it is not in the table.
   */
  find(hash: number, bytes: Uint8Array, start: number, end: number): number {
    for (let slot = slotOf(hash) & this.#mask;; slot = (slot + 1) & this.#mask) {
      const index = this.#slots[slot]! - 1;
      if (index < 0) return -1;
      const name = this.#bytes[index]!;
      if (name.length !== end - start) continue;
      let i = 0;
      while (i < name.length && name[i] === bytes[start + i]) i++;
      if (i === name.length) return index;
    }
  }
}

function slotOf(hash: number): number {
  return hash ^ (hash >>> 15);
}
