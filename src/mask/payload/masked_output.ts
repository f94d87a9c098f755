/**
 * Text with some spans of it replaced. Replacements are written at once, in ascending order, and the latest
 * ones can be taken back: a value may turn out to be dropped with all that is in it.
 *
 * @module
 */

import { maskedOutputKeptBytesMax } from "../limits.ts";

const encoder = new TextEncoder();

/** Copies text, and puts something else in place of some spans. */
export class MaskedOutput {
  #source: Uint8Array = new Uint8Array(0);
  #bytes = new Uint8Array(0);
  #spans = new Uint32Array(256);
  /** How many bytes have been written. */
  length = 0;
  /** Index of the first byte of the source that is neither copied nor replaced. */
  copied = 0;
  /** How many numbers there are of spans. */
  spansLength = 0;

  /** Begins a text. What was written of the one before is overwritten, since new memory takes longer than the copy. */
  begin(source: Uint8Array): void {
    const wanted = source.length + (source.length >> 2) + 256;
    const held = this.#bytes.length;
    if (held < wanted || held > Math.max(maskedOutputKeptBytesMax, 2 * wanted)) {
      this.#bytes = new Uint8Array(wanted);
    }
    this.#source = source;
    this.length = this.copied = this.spansLength = 0;
  }

  /** What has been written. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.length);
  }

  /** Start and end of each span that has been written and is not a copy. */
  get spans(): Uint32Array<ArrayBuffer> {
    return this.#spans.subarray(0, this.spansLength);
  }

  /**
   * Copies the text up to an index.
   *
   * @param end Index after the last byte.
   */
  copyTo(end: number): void {
    const start = this.copied;
    const count = end - start;
    if (count <= 0) return;
    this.#reserve(count);
    const source = this.#source;
    // Shorter spans are copied before a view of them would be made.
    if (count < 48) {
      const bytes = this.#bytes;
      for (let from = start, to = this.length; from < end; from++, to++) bytes[to] = source[from]!;
    } else this.#bytes.set(source.subarray(start, end), this.length);
    this.length += count;
    this.copied = end;
  }

  /** What takes the text: written to up to `length`, and replaced by a larger one where it must grow. */
  get buffer(): Uint8Array {
    return this.#bytes;
  }

  /**
   * Copies the text up to a span, and makes room in `buffer` for what comes in place of the span.
   *
   * @param start Index of the span's first byte.
   * @param room Most bytes that are written.
   * @returns Index in `buffer` of the first of them. Unless {@linkcode close} follows, nothing is replaced.
   */
  open(start: number, room: number): number {
    this.copyTo(start);
    this.#reserve(room);
    return this.length;
  }

  /**
   * Ends what {@linkcode open} began.
   *
   * @param end Index after the last byte of the span that is replaced.
   * @param length How many bytes have been written.
   */
  close(end: number, length: number): void {
    this.copied = end;
    this.#addSpan(this.length, this.length += length);
  }

  /**
   * Copies the text up to a span, and writes something else in place of the span.
   *
   * @param start Index of the span's first byte.
   * @param end Index after its last one.
   * @param text What comes in its place; empty to leave it out.
   */
  replace(start: number, end: number, text: string): void {
    this.copyTo(start);
    this.copied = end;
    if (text === "") return;
    this.#reserve(text.length * 3);
    const bytes = this.#bytes;
    const from = this.length;
    let to = from;
    let i = 0;
    if (text.length < 64) {
      for (; i < text.length; i++) {
        const code = text.charCodeAt(i);
        if (code > 0x7f) break;
        bytes[to++] = code;
      }
    }
    if (i < text.length) to = from + encoder.encodeInto(text, bytes.subarray(from)).written;
    this.length = to;
    this.#addSpan(from, to);
  }

  #addSpan(from: number, to: number): void {
    if (this.spansLength === this.#spans.length) {
      const grown = new Uint32Array(2 * this.#spans.length);
      grown.set(this.#spans);
      this.#spans = grown;
    }
    this.#spans[this.spansLength++] = from;
    this.#spans[this.spansLength++] = to;
  }

  /** Index of the first byte of the span that was written last. */
  get lastSpan(): number {
    return this.#spans[this.spansLength - 2]!;
  }

  /**
   * Whether the span that was written last is the same as what it replaces.
   *
   * @param start Index of the first byte of that.
   * @param end Index after its last one.
   * @returns Whether they have the same bytes.
   */
  isUnchanged(start: number, end: number): boolean {
    const source = this.#source;
    const bytes = this.#bytes;
    let at = this.lastSpan;
    if (end - start !== this.length - at) return false;
    while (start < end && source[start] === bytes[at]) {
      start++;
      at++;
    }
    return start === end;
  }

  /**
   * Takes back what has been written since.
   *
   * @param length What `length` was.
   * @param copied What `copied` was.
   * @param spansLength What `spansLength` was.
   */
  takeBack(length: number, copied: number, spansLength: number): void {
    this.length = length;
    this.copied = copied;
    this.spansLength = spansLength;
  }

  #reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    grown.set(this.bytes);
    this.#bytes = grown;
  }
}
