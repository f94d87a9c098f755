/**
 * Masked lines, kept until they have been looked through.
 *
 * @module
 */

import { TemporaryFile } from "../../slice/temporary_file.ts";
import { maskChunkBytes } from "../limits.ts";
import type { MaskedLines } from "../masker.ts";

/** Bytes before each entry: how many bytes of lines, how many offsets of spans, and how many events. */
const headBytes = 12;

/** Lines in a spool. */
export type SpooledLines = Pick<MaskedLines, "bytes" | "spans" | "events">;

/** Keeps masked lines in a temporary file. */
export class MaskSpool implements Disposable {
  readonly #file = new TemporaryFile();
  #end = 0;

  /** Adds lines. @param masked The lines. */
  add({ bytes, spans, events }: SpooledLines): void {
    const head = Uint32Array.of(bytes.length, spans.length, events);
    const offsets = new Uint8Array(spans.buffer, spans.byteOffset, spans.byteLength);
    this.#end = this.#file.append([
      new Uint8Array(head.buffer),
      offsets,
      bytes,
    ]).end;
  }

  /**
   * Reads all lines, with the spans that the mask has written: one entry for each that was added.
   *
   * @returns Reads the next entry into memory where that is large enough, else into new memory; `undefined` at the
   * end.
   */
  reader(): (memory: ArrayBuffer | undefined) => SpooledLines | undefined {
    const head = new Uint32Array(headBytes / 4);
    let at = 0;
    return (memory) => {
      if (at === this.#end) return undefined;
      this.#file.readInto(at, new Uint8Array(head.buffer));
      at += headBytes;
      const [length, spansLength, events] = [head[0]!, head[1]!, head[2]!];
      const spans = new Uint32Array(spansLength);
      this.#file.readInto(at, new Uint8Array(spans.buffer));
      at += spans.byteLength;
      const fits = memory !== undefined && memory.byteLength >= length;
      const bytes = new Uint8Array(fits ? memory : newMemory(length), 0, length);
      this.#file.readInto(at, bytes);
      at += length;
      return { bytes, spans, events };
    };
  }

  /** Takes the temporary file away. */
  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }
}

/** Memory that most of the next entries fit in too: pseudonyms may be longer than values. */
function newMemory(length: number): ArrayBuffer {
  return new ArrayBuffer(Math.max(length, 1.25 * maskChunkBytes));
}
