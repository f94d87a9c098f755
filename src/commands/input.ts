/**
 * Where an import comes from: a file or standard input, compressed or not.
 *
 * @module
 */

import { fileProblem } from "./file_problem.ts";
import { CommandError, UsageError } from "./problems.ts";

/** What gzip data begins with. */
const gzipMagic = [0x1f, 0x8b];

/** Something to read from. */
export interface Input extends AsyncDisposable {
  /** What it is called in messages. */
  readonly name: string;
  /** How large it is, in bytes, where that is known. */
  readonly size?: number;
  /** Whether it begins like gzip data. */
  readonly gzip: boolean;
  /** How many bytes have been read. */
  readonly bytesRead: number;
  /** The bytes. Can be taken once. */
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
}

/**
 * Opens an input and looks at its first bytes.
 *
 * @param path The file; `undefined` or `-` for standard input.
 * @returns The input.
 * @throws {CommandError} The file cannot be read.
 */
export async function openInput(path: string | undefined): Promise<Input> {
  if (path === undefined || path === "-") {
    if (path === undefined && Deno.stdin.isTerminal()) {
      throw new UsageError(
        "There is nothing to import",
        "Name a file by --input FILE, or pipe one in",
      );
    }
    return await ByteInput.open("standard input", Deno.stdin.readable);
  }
  try {
    const file = await Deno.open(path);
    const { isDirectory, isFile, size } = await file.stat();
    if (!isDirectory) return await ByteInput.open(path, file.readable, isFile ? size : undefined);
    file.close();
  } catch (error) {
    throw fileProblem(`Cannot read ${path}`, error);
  }
  throw new CommandError(`Cannot read ${path}: it is a folder`);
}

class ByteInput implements Input {
  readonly name: string;
  readonly size?: number;
  readonly gzip: boolean;
  bytesRead = 0;
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;

  private constructor(
    name: string,
    size: number | undefined,
    reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
    beginning: Uint8Array<ArrayBuffer>,
  ) {
    this.name = name;
    this.size = size;
    this.gzip = gzipMagic.every((byte, i) => beginning[i] === byte);
    this.#reader = reader;
    let first: Uint8Array<ArrayBuffer> | undefined = beginning.length > 0 ? beginning : undefined;
    this.stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: async (controller) => {
        const { value, done } = first === undefined
          ? await readFrom(name, reader)
          : { value: first, done: false };
        first = undefined;
        if (done || value === undefined) return controller.close();
        this.bytesRead += value.length;
        controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    }, { highWaterMark: 0 });
  }

  static async open(
    name: string,
    bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
    size?: number,
  ): Promise<ByteInput> {
    const reader = bytes.getReader();
    let beginning = new Uint8Array();
    // A pipe may hand over a single byte.
    while (beginning.length < gzipMagic.length) {
      const { value, done } = await readFrom(name, reader);
      if (done) break;
      const longer = new Uint8Array(beginning.length + value.length);
      longer.set(beginning);
      longer.set(value, beginning.length);
      beginning = longer;
    }
    return new ByteInput(name, size, reader, beginning);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader.cancel().catch(() => {});
  }
}

async function readFrom(
  name: string,
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
): Promise<ReadableStreamReadResult<Uint8Array<ArrayBuffer>>> {
  try {
    return await reader.read();
  } catch (error) {
    throw fileProblem(`Cannot read ${name}`, error);
  }
}
