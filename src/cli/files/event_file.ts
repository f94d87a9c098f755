/**
 * A file of events that is looked at, more than once where that helps.
 *
 * @module
 */

import { orAborted } from "../interrupt.ts";
import { type Input, isStandardInput, openInput } from "./input.ts";
import { wrongContent } from "./wrong_content.ts";

/** What a file is read for. */
export interface EventFileOptions {
  /** What cannot be done with a file that holds something else, such as `Cannot verify`. */
  action: string;
  /** Ends the waiting for standard input and named pipes. */
  signal?: AbortSignal;
}

/** A file of events. */
export class EventFile implements AsyncDisposable {
  /** What it is called in messages. */
  readonly name: string;
  readonly #path: string;
  /** Standard input, kept: it cannot be read twice. */
  readonly #kept: string | undefined;
  /** As often as it was opened: it may be read twice at the same time. */
  readonly #inputs: Input[] = [];

  private constructor(name: string, path: string, kept: string | undefined) {
    this.name = name;
    this.#path = path;
    this.#kept = kept;
  }

  /**
   * Opens a file, so that what is wrong with its name shows at once.
   *
   * @param path The file; `-` for standard input. What can be read only once, as it and named pipes, is put
   * into a temporary file.
   * @param options What it is read for, and a signal that ends the waiting for those.
   * @throws {CommandError} It cannot be read, or its first bytes show that it cannot be records.
   */
  static async open(path: string, { action, signal }: EventFileOptions): Promise<EventFile> {
    await using input = await openInput(path, signal);
    if (input.content !== undefined) {
      throw wrongContent(input, input.content, { action, next: "> converted.ndjson" });
    }
    if (!isStandardInput(path) && await isFile(path)) return new EventFile(path, path, undefined);
    const kept = await Deno.makeTempFile({ prefix: "eventodb-" });
    const file = new EventFile(input.name, kept, kept);
    try {
      const { writable } = await Deno.open(kept, { write: true });
      await orAborted(input.stream.pipeTo(writable, { signal }), signal);
      return file;
    } catch (error) {
      await file[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Where it is; `undefined` for what was copied, which has no manifest beside it. */
  get path(): string | undefined {
    return this.#kept === undefined ? this.#path : undefined;
  }

  /** How much of it has been read, from 0 to 1; `undefined` where its size is not known. */
  get share(): number | undefined {
    const { size, bytesRead = 0 } = this.#inputs.at(-1) ?? {};
    return size === undefined ? undefined : Math.min(bytesRead / Math.max(size, 1), 1);
  }

  /** The bytes of its lines, uncompressed, from the beginning on. */
  async lines(): Promise<ReadableStream<Uint8Array>> {
    const input = await openInput(this.#path);
    this.#inputs.push(input);
    if (!input.gzip) return input.stream;
    const { gunzip } = await import("../../gzip.ts");
    return gunzip(input.stream);
  }

  /** Closes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const input of this.#inputs) await input[Symbol.asyncDispose]();
    if (this.#kept !== undefined) await Deno.remove(this.#kept);
  }
}

/** Whether it is one that can be read twice. What is not there, or is a folder, is for the reading to say. */
async function isFile(path: string): Promise<boolean> {
  try {
    const { isFile, isDirectory } = await Deno.stat(path);
    return isFile || isDirectory;
  } catch {
    return true;
  }
}
