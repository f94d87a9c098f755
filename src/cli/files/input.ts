/**
 * Where an import comes from: a file or standard input, compressed or not.
 *
 * @module
 */

import { concat } from "../../deps/concat.ts";
import type { Content } from "../../record/content.ts";
import { type Beginning, isEnough, lookAt } from "../../record/beginning.ts";
import { orAborted } from "../interrupt.ts";
import { fileProblem } from "./file_problem.ts";
import { CommandError, UsageError } from "../problems.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Names under which the system knows standard input. */
const standardInputs = ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"];

/** Something to read from. */
export interface Input extends AsyncDisposable {
  /** What it is called in messages. */
  readonly name: string;
  /** The file, unless it is standard input. */
  readonly path?: string;
  /** How large it is, in bytes, where that is known. */
  readonly size?: number;
  /** Whether it begins like gzip data. */
  readonly gzip: boolean;
  /** Whether it certainly holds no record. */
  readonly isEmpty: boolean;
  /** Whether its beginning holds no record. */
  readonly isBlank: boolean;
  /** What it is, where it cannot be records. */
  readonly content?: Content;
  /** How many bytes have been read. */
  readonly bytesRead: number;
  /** The bytes. Can be taken once. */
  readonly stream: ReadableStream<Bytes>;
}

/** Whether an input is standard input, by whatever name. */
export function isStandardInput(path: string): boolean {
  return standardInputs.includes(path);
}

/**
 * Opens an input and looks at its first bytes.
 *
 * @param path The file; `undefined` or `-` for standard input.
 * @param signal Ends the waiting for them.
 * @throws {CommandError} The file cannot be read.
 */
export async function openInput(path: string | undefined, signal?: AbortSignal): Promise<Input> {
  if (path === undefined || isStandardInput(path)) {
    if (path === undefined && Deno.stdin.isTerminal()) throw noInput();
    return await ByteInput.open({ name: "standard input" }, Deno.stdin.readable, signal);
  }
  try {
    const file = await orAborted(Deno.open(path), signal);
    const { isDirectory, isFile, size } = await file.stat();
    if (!isDirectory) {
      const source = { name: path, path, size: isFile ? size : undefined };
      return await ByteInput.open(source, file.readable, signal);
    }
    file.close();
  } catch (error) {
    throw fileProblem(`Cannot read ${path}`, error);
  }
  throw new CommandError(`Cannot read ${path}: it is a folder`);
}

/** The error of a command that has been given nothing to read. */
export function noInput(): UsageError {
  return new UsageError(
    "There is nothing to import",
    "Use --input FILE, or pipe a file in",
  );
}

/**
 * Whether standard input is connected to something.
 *
 * @returns Whether it is open, and is neither a terminal nor the null device.
 */
export async function isConnected(): Promise<boolean> {
  const { fstatSync } = await import("node:fs");
  try {
    const { mode } = fstatSync(0);
    return (mode & 0o170000) !== 0o020000;
  } catch {
    return false;
  }
}

interface Source {
  name: string;
  path?: string;
  size?: number;
}

class ByteInput implements Input {
  readonly name: string;
  readonly path?: string;
  readonly size?: number;
  readonly gzip: boolean;
  readonly isEmpty: boolean;
  readonly isBlank: boolean;
  readonly content?: Content;
  bytesRead = 0;
  readonly stream: ReadableStream<Bytes>;
  readonly #reader: ReadableStreamDefaultReader<Bytes>;

  private constructor(
    { name, path, size }: Source,
    reader: ReadableStreamDefaultReader<Bytes>,
    beginning: Bytes,
    { gzip, isEmpty, isBlank, content }: Beginning,
  ) {
    this.name = name;
    this.path = path;
    this.size = size;
    this.gzip = gzip;
    this.isEmpty = isEmpty;
    this.isBlank = isBlank;
    this.content = content;
    this.#reader = reader;
    let first: Bytes | undefined = beginning.length > 0 ? beginning : undefined;
    this.stream = new ReadableStream<Bytes>({
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
    source: Source,
    bytes: ReadableStream<Bytes>,
    signal?: AbortSignal,
  ): Promise<ByteInput> {
    const reader = bytes.getReader();
    let beginning: Bytes = new Uint8Array();
    let isAll = false;
    // A pipe may hand over a single byte.
    while (!isEnough(beginning)) {
      const { value, done } = await orAborted(readFrom(source.name, reader), signal);
      isAll = done;
      if (done) break;
      beginning = concat([beginning, value]);
    }
    return new ByteInput(source, reader, beginning, await lookAt(beginning, isAll));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader.cancel().catch(() => {});
  }
}

async function readFrom(
  name: string,
  reader: ReadableStreamDefaultReader<Bytes>,
): Promise<ReadableStreamReadResult<Bytes>> {
  try {
    return await reader.read();
  } catch (error) {
    throw fileProblem(`Cannot read ${name}`, error);
  }
}
