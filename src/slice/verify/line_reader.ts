/**
 * Bytes cut anywhere → whole lines, looked at in place.
 *
 * @module
 */

import { concat } from "../../deps/concat.ts";
import { LINE_END } from "../../record/line_end.ts";
import { lineBytesMax } from "../../limits.ts";
import { byteOrderMark } from "../../record/blank.ts";
import { LineHead } from "../../record/line_head.ts";

/** That of a `Buffer` is slower for a single byte. */
const { indexOf } = Uint8Array.prototype;

/** Reads lines, as many at a time as have come. */
export class LineReader implements AsyncDisposable {
  /** What has come: whole lines, from `start` on. */
  bytes: Uint8Array = new Uint8Array();
  /** Index of the first line. */
  start = 0;
  /** Number of the first line, from 1. */
  line = 1;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #head = new LineHead();
  /** What has come of the line after them. */
  #begun: Uint8Array[] = [];
  #begunBytes = 0;
  /** Whether a line that is too long is being left out. */
  #isSkipping = false;
  #isFirst = true;
  #ended = false;
  /** Index of the line whose head was read last; −1 for none. */
  #headAt = -1;

  /** @param body The bytes. */
  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader();
  }

  /** Whether there is a line without waiting for more. */
  get hasLine(): boolean {
    return this.start < this.bytes.length;
  }

  /**
   * Reads on until there is a line.
   *
   * @returns Whether there is one; `false` at the end.
   */
  async fill(): Promise<boolean> {
    while (!this.hasLine && !this.#ended) {
      const { value, done } = await this.#reader.read();
      if (done) this.#end();
      else this.#take(value);
    }
    return this.hasLine;
  }

  /** The beginning of the first line. Valid until the next call of any method. */
  head(): LineHead {
    if (this.#headAt !== this.start) this.#head.read(this.bytes, this.start);
    this.#headAt = this.start;
    return this.#head;
  }

  /** The text of the first line, without its line end. */
  text(): string {
    return new TextDecoder().decode(this.bytes.subarray(this.start, this.#lineEnd())).trimEnd();
  }

  /** Goes on to the next line. */
  nextLine(): void {
    this.start = this.#lineEnd() + 1;
    this.line++;
  }

  /**
   * Passes over whole lines, and counts them.
   *
   * @param bytes How many bytes.
   */
  pass(bytes: number): void {
    const end = this.start + bytes;
    while (this.start < end) this.nextLine();
  }

  /**
   * Passes over whole lines without a look at them; they are not counted.
   *
   * @param bytes How many bytes.
   */
  skip(bytes: number): void {
    this.start += bytes;
  }

  /** Lets the bytes go. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader.cancel().catch(() => {});
  }

  #lineEnd(): number {
    return indexOf.call(this.bytes, LINE_END, this.start);
  }

  #take(chunk: Uint8Array): void {
    const end = chunk.lastIndexOf(LINE_END) + 1;
    if (end === 0) return this.#keep(chunk);
    let whole = chunk.subarray(0, end);
    if (this.#isSkipping) {
      const after = indexOf.call(chunk, LINE_END) + 1;
      this.#isSkipping = false;
      this.line++;
      whole = chunk.subarray(after, end);
    } else if (this.#begunBytes > 0) whole = concat([...this.#begun, whole]);
    this.#begun = [];
    this.#begunBytes = 0;
    if (end < chunk.length) this.#keep(chunk.subarray(end));
    this.#replace(whole);
  }

  #keep(bytes: Uint8Array): void {
    if (this.#isSkipping) return;
    this.#begun.push(bytes);
    this.#begunBytes += bytes.length;
    if (this.#begunBytes <= lineBytesMax) return;
    this.#begun = [];
    this.#begunBytes = 0;
    this.#isSkipping = true;
  }

  #end(): void {
    this.#ended = true;
    if (this.#begunBytes > 0) this.#replace(concat([...this.#begun, Uint8Array.of(LINE_END)]));
  }

  #replace(whole: Uint8Array): void {
    this.bytes = whole;
    this.start = 0;
    this.#headAt = -1;
    if (!this.#isFirst || whole.length === 0) return;
    this.#isFirst = false;
    const hasMark = byteOrderMark.every((code, i) => whole[i] === code);
    if (hasMark) this.start = byteOrderMark.length;
  }
}
