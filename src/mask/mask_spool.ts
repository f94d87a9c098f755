/**
 * Masked lines, kept until they have been looked through.
 *
 * @module
 */

import { type FileSpan, TemporaryFile } from "../slice/temporary_file.ts";
import type { MaskedLines } from "./masker.ts";

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

  /** Reads all lines, with the spans that the mask has written. */
  *read(): Generator<SpooledLines> {
    for (let at = 0; at < this.#end;) {
      const head = new Uint32Array(this.#bytes(at, headBytes).buffer);
      at += headBytes;
      const spans = new Uint32Array(this.#bytes(at, 4 * head[1]!).buffer);
      at += spans.byteLength;
      const bytes = this.#bytes(at, head[0]!);
      at += bytes.length;
      yield { bytes, spans, events: head[2]! };
    }
  }

  /** Takes the temporary file away. */
  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }

  #bytes(start: number, length: number): Uint8Array<ArrayBuffer> {
    const span: FileSpan = { start, end: start + length };
    const chunks = [...this.#file.read(span)];
    if (chunks.length === 1) return chunks[0]!;
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }
}
