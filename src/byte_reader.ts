/**
 * Reading bytes into memory that is filled again and again.
 *
 * A request's body otherwise comes in chunks of 64 KiB that are fresh and zeroed each time, and of
 * which HTTP/2 fills a quarter: work for nothing, and garbage.
 *
 * @module
 */

/** Reads a stream of bytes. */
export class ByteReader {
  readonly #filling: ReadableStreamBYOBReader | undefined;
  readonly #giving: ReadableStreamDefaultReader<Uint8Array> | undefined;

  /** @param stream The stream, which is locked. */
  constructor(stream: ReadableStream<Uint8Array>) {
    try {
      this.#filling = stream.getReader({ mode: "byob" });
    } catch {
      // It hands over what it has, as any stream does that is not made for bytes.
      this.#giving = stream.getReader();
    }
  }

  /**
   * Reads what comes next.
   *
   * @param buffer Where it may go. It has moved on to the result where that lies in it.
   * @returns The bytes: in the buffer if the stream can fill one, else wherever they are, and as many as
   * they are.
   */
  read(buffer: Uint8Array<ArrayBuffer>): Promise<ReadableStreamReadResult<Uint8Array>> {
    return this.#filling?.read(buffer) ?? this.#giving!.read();
  }

  /** Ends the reading; a read that waits finds the end. @param reason Why. */
  async cancel(reason?: unknown): Promise<void> {
    await (this.#filling ?? this.#giving)!.cancel(reason);
  }
}

/**
 * The buffer for the next read.
 *
 * @param buffer What the last one was given.
 * @param read What it gave.
 * @returns The same memory.
 */
export function sameBuffer(
  buffer: Uint8Array<ArrayBuffer>,
  read: Uint8Array,
): Uint8Array<ArrayBuffer> {
  return buffer.buffer.detached ? new Uint8Array(read.buffer as ArrayBuffer) : buffer;
}
