/**
 * Deals lines to threads, in chunks, and brings them together again.
 *
 * @module
 */

import { maskBytesAheadMax, maskChunkBytes, maskedChunksAheadMax } from "../limits.ts";
import type { MaskedCounts } from "./mask_part.ts";
import type { SpooledLines } from "./mask_spool.ts";
import type { ThreadPart } from "./thread_part.ts";

/** Deals the lines of one masking. */
export class ChunkDealer {
  readonly #parts: readonly ThreadPart[];
  readonly #onMasked: (counts: MaskedCounts) => void;
  /** Which part has each chunk. */
  readonly #owners: ThreadPart[] = [];
  /** Lines that are gathered: their memory, how many bytes, and how many lines. */
  #chunk: Uint8Array<ArrayBuffer>;
  #filled = 0;
  #lines = 0;
  #firstLine = 1;
  /** What is being masked, the oldest first; what has failed stays there. */
  readonly #sent: { bytes: number; done: Promise<void> }[] = [];
  #sentBytes = 0;

  /** @param onMasked Called with what has become of each chunk. */
  constructor(parts: readonly ThreadPart[], onMasked: (counts: MaskedCounts) => void) {
    this.#parts = parts;
    this.#onMasked = onMasked;
    this.#chunk = new Uint8Array(maskChunkBytes);
  }

  /**
   * Masks lines.
   *
   * @param lines Whole lines, each with its line end. They are copied.
   * @param count How many they are.
   * @throws {EventoDBError} As `mask` of a part, of these lines or of earlier ones: of several, the first.
   */
  async add(lines: Uint8Array, count: number): Promise<void> {
    if (this.#filled + lines.length > this.#chunk.length) await this.#deal(lines.length);
    this.#chunk.set(lines, this.#filled);
    this.#filled += lines.length;
    this.#lines += count;
  }

  /** Waits until all lines have been masked. @throws {EventoDBError} As {@linkcode add}. */
  async settle(): Promise<void> {
    await this.#deal(0);
    while (this.#sent.length > 0) await this.#oldest();
  }

  /** The masked lines, in their order. */
  async *lines(): AsyncGenerator<SpooledLines> {
    const ahead: Promise<SpooledLines>[] = [];
    for (let next = 0; ahead.length > 0 || next < this.#owners.length;) {
      while (ahead.length < maskedChunksAheadMax && next < this.#owners.length) {
        const reading = this.#owners[next++]!.read();
        // Whoever waits for it gets the error; if nobody does any more, it is none.
        reading.catch(() => {});
        ahead.push(reading);
      }
      yield await ahead.shift()!;
    }
  }

  async #deal(nextBytes: number): Promise<void> {
    if (this.#filled > 0) {
      const bytes = this.#filled;
      while (this.#sentBytes > 0 && this.#sentBytes + bytes > maskBytesAheadMax) {
        await this.#oldest();
      }
      const part = this.#parts.reduce((a, b) => b.waiting < a.waiting ? b : a);
      const done = part.mask({
        number: this.#owners.push(part) - 1,
        firstLine: this.#firstLine,
        lines: this.#chunk.subarray(0, bytes),
      }).then(this.#onMasked);
      done.catch(() => {});
      this.#sent.push({ bytes, done });
      this.#sentBytes += bytes;
      this.#firstLine += this.#lines;
      this.#filled = this.#lines = 0;
      this.#chunk = new Uint8Array(part.newBuffer());
    }
    if (this.#chunk.length < nextBytes) this.#chunk = new Uint8Array(nextBytes);
  }

  async #oldest(): Promise<void> {
    const { bytes, done } = this.#sent[0]!;
    await done;
    this.#sentBytes -= bytes;
    this.#sent.shift();
  }
}
