/**
 * COPY in its binary format, for text that is needed as bytes: of any other response `npm:pg` makes
 * strings, which takes several times as long as to hand a page of text on.
 *
 * @module
 */

import { postgresCopyBufferBytesMin } from "../limits.ts";

/** The bytes before the first row: a signature, flags, and the length of no extension. */
const headerBytes = 19;
/** A row begins with how many fields it has, a field with its length. */
const countBytes = 2;
const lengthBytes = 4;
const int8Bytes = 8;

interface Connection {
  query(text: string): void;
}

export interface CopiedText {
  /** The numbers of the last row. */
  numbers: number[];
  /** How many rows have text. */
  count: number;
  /** The rows' texts, one after the other. */
  text: Uint8Array<ArrayBuffer>;
}

/**
 * One `COPY … TO STDOUT (FORMAT binary)` as a query of `npm:pg`, which calls its methods. Its rows
 * have some fields of the type `bigint`, none of them NULL, and then one text, which may be.
 */
export class CopyOut {
  /** As in a query's configuration, in milliseconds. */
  readonly query_timeout: number;
  /** Called once: with an error, or when all is there. */
  callback: (error?: Error | null) => void = () => {};
  readonly #sql: string;
  /** The last row up to its text. */
  readonly #start: Uint8Array<ArrayBuffer>;
  #text: Uint8Array<ArrayBuffer>;
  #length = 0;
  #count = 0;
  #isBegun = false;
  #hasRow = false;

  /**
   * @param textBytes How many bytes of text are expected.
   * @param timeoutMs How long it may take.
   */
  constructor(select: string, numbers: number, textBytes: number, timeoutMs: number) {
    this.#sql = `COPY (${select}) TO STDOUT (FORMAT binary)`;
    this.#start = new Uint8Array(countBytes + numbers * (lengthBytes + int8Bytes) + lengthBytes);
    this.#text = new Uint8Array(Math.max(textBytes, postgresCopyBufferBytesMin));
    this.query_timeout = timeoutMs;
  }

  /** What came; `undefined` without a row. */
  get result(): CopiedText | undefined {
    if (!this.#hasRow) return undefined;
    const view = new DataView(this.#start.buffer);
    const numbers: number[] = [];
    for (
      let at = countBytes + lengthBytes;
      at < view.byteLength - lengthBytes;
      at += int8Bytes + lengthBytes
    ) numbers.push(Number(view.getBigInt64(at)));
    return { numbers, count: this.#count, text: this.#text.subarray(0, this.#length) };
  }

  submit(connection: Connection): void {
    connection.query(this.#sql);
  }

  /** A row, the first one behind the header, or what ends them; the bytes are only lent. */
  handleCopyData({ chunk: { buffer, byteOffset, byteLength } }: { chunk: Uint8Array }): void {
    const skipped = this.#isBegun ? 0 : headerBytes;
    this.#isBegun = true;
    const rowAt = byteOffset + skipped;
    const length = byteLength - skipped - this.#start.length;
    if (length < 0) return;
    this.#hasRow = true;
    this.#start.set(new Uint8Array(buffer, rowAt, this.#start.length));
    if (length === 0) return;
    this.#count++;
    const end = this.#length + length;
    if (end > this.#text.length) this.#grow(end);
    this.#text.set(new Uint8Array(buffer, rowAt + this.#start.length, length), this.#length);
    this.#length = end;
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.callback(null);
  }

  handleError(error: Error): void {
    this.callback(error);
  }

  #grow(length: number): void {
    const text = new Uint8Array(Math.max(length, 2 * this.#text.length));
    text.set(this.#text.subarray(0, this.#length));
    this.#text = text;
  }
}
