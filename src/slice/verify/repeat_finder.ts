/**
 * Which keys come twice among millions, in flat memory.
 *
 * Each key is kept as 64 bits of hash, in runs that are sorted and put on disk; the runs are merged at
 * the end. Equal hashes are only candidates: for certainty their keys are read again.
 * Among 5,000,000 keys two different ones share a hash once in about 1,500,000 files.
 *
 * @module
 */

import { repeatHashesInMemoryMax, repeatSuspectsMax } from "../limits.ts";
import { TimeSlice } from "../../tick.ts";
import { type FileSpan, TemporaryFile } from "../temporary_file.ts";

/** Finds keys that come twice. */
export class RepeatFinder implements Disposable {
  readonly #words: Uint32Array<ArrayBuffer>;
  readonly #hashes: BigUint64Array<ArrayBuffer>;
  readonly #runs: FileSpan[] = [];
  #count = 0;
  #file: TemporaryFile | undefined;

  /** @param inMemoryMax Most hashes in memory. */
  constructor(inMemoryMax: number = repeatHashesInMemoryMax) {
    this.#hashes = new BigUint64Array(inMemoryMax);
    this.#words = new Uint32Array(this.#hashes.buffer);
  }

  /**
   * Adds a key.
   *
   * @param bytes What holds it.
   * @param start Index of its first byte.
   * @param end Index after its last byte.
   */
  add(bytes: Uint8Array, start: number, end: number): void {
    if (this.#count === this.#hashes.length) this.#spill();
    hash(bytes, start, end, this.#words, 2 * this.#count++);
  }

  /**
   * Finds the suspects.
   *
   * @returns The hashes that came more than once, at most `repeatSuspectsMax` of them, and how often
   * any hash came again.
   */
  async suspects(): Promise<{ hashes: Set<bigint>; repeats: number }> {
    const slice = new TimeSlice();
    let merged = 0;
    const hashes = new Set<bigint>();
    let repeats = 0;
    let last: bigint | undefined;
    for (const value of this.#merged()) {
      if (value === last) {
        repeats++;
        if (hashes.size < repeatSuspectsMax) hashes.add(value);
      }
      last = value;
      if ((++merged & 0x3ff) === 0 && slice.isOver) await slice.next();
    }
    return { hashes, repeats };
  }

  /** Takes the file away. */
  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]();
    this.#file = undefined;
  }

  #spill(): void {
    this.#hashes.sort();
    this.#file ??= new TemporaryFile();
    this.#runs.push(this.#file.append([new Uint8Array(this.#hashes.buffer)]));
    this.#count = 0;
  }

  *#merged(): Generator<bigint> {
    const file = this.#file;
    const sources: Iterator<bigint>[] = [this.#hashes.subarray(0, this.#count).sort().values()];
    if (file !== undefined) { for (const run of this.#runs) sources.push(hashesOf(file, run)); }
    const heads = sources.map((source) => ({ source, next: source.next() }));
    while (true) {
      let least: typeof heads[number] | undefined;
      for (const head of heads) {
        if (!head.next.done && (least === undefined || head.next.value < least.next.value)) {
          least = head;
        }
      }
      if (least === undefined) return;
      yield least.next.value;
      least.next = least.source.next();
    }
  }
}

const single = new Uint32Array(2);
const singleHash = new BigUint64Array(single.buffer);

/**
 * The hash of one key, to be looked up among the suspects.
 *
 * @param bytes What holds it.
 * @param start Index of its first byte.
 * @param end Index after its last byte.
 */
export function hashOf(bytes: Uint8Array, start: number, end: number): bigint {
  hash(bytes, start, end, single, 0);
  return singleHash[0]!;
}

function* hashesOf(file: TemporaryFile, run: FileSpan): Generator<bigint> {
  for (const chunk of file.read(run)) yield* new BigUint64Array(chunk.buffer);
}

/** Two lanes of 32 bits, each as in FNV-1a with the finaliser of MurmurHash3. */
function hash(bytes: Uint8Array, start: number, end: number, words: Uint32Array, at: number): void {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul((b ^ byte) + (b << 7), 0x85ebca6b);
  }
  words[at] = mixed(a);
  words[at + 1] = mixed(b);
}

function mixed(word: number): number {
  word = Math.imul(word ^ word >>> 16, 0x85ebca6b);
  word = Math.imul(word ^ word >>> 13, 0xc2b2ae35);
  return word ^ word >>> 16;
}
