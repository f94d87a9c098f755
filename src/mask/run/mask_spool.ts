/**
 * Masked lines, kept until they have been looked through.
 *
 * @module
 */

import { TemporaryFile } from "../../slice/temporary_file.ts";
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
   * @param isReused Whether the bytes of an entry are in the memory of those before, which are gone then.
   */
  *read(isReused: boolean = false): Generator<SpooledLines, undefined> {
    const head = new Uint32Array(headBytes / 4);
    let memory = new Uint8Array(0);
    for (let at = 0; at < this.#end;) {
      this.#file.readInto(at, new Uint8Array(head.buffer));
      at += headBytes;
      const spans = new Uint32Array(head[1]!);
      this.#file.readInto(at, new Uint8Array(spans.buffer));
      at += spans.byteLength;
      const length = head[0]!;
      if (!isReused || memory.length < length) memory = new Uint8Array(length);
      const bytes = memory.subarray(0, length);
      this.#file.readInto(at, bytes);
      at += length;
      yield { bytes, spans, events: head[2]! };
    }
  }

  /** Takes the temporary file away. */
  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }
}
