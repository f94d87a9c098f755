/**
 * A file of events that is looked at, more than once where that helps.
 *
 * @module
 */

import { type Input, openInput } from "./input.ts";

/** A file of events. */
export class EventFile implements AsyncDisposable {
  /** What it is called in messages. */
  readonly name: string;
  readonly #path: string;
  /** Standard input, kept: it cannot be read twice. */
  readonly #kept: string | undefined;
  #input: Input | undefined;

  private constructor(name: string, path: string, kept: string | undefined) {
    this.name = name;
    this.#path = path;
    this.#kept = kept;
  }

  /**
   * Opens a file, so that what is wrong with its name shows at once.
   *
   * @param path The file; `-` for standard input, which is put into a temporary file.
   * @returns The file.
   * @throws {CommandError} It cannot be read.
   */
  static async open(path: string): Promise<EventFile> {
    if (path !== "-") {
      await using _ = await openInput(path);
      return new EventFile(path, path, undefined);
    }
    const kept = await Deno.makeTempFile({ prefix: "eventodb-" });
    const file = new EventFile("standard input", kept, kept);
    try {
      await using input = await openInput("-");
      await input.stream.pipeTo((await Deno.open(kept, { write: true })).writable);
      return file;
    } catch (error) {
      await file[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** How much of it has been read, from 0 to 1; `undefined` where its size is not known. */
  get share(): number | undefined {
    const { size, bytesRead = 0 } = this.#input ?? {};
    return size === undefined ? undefined : Math.min(bytesRead / Math.max(size, 1), 1);
  }

  /** The bytes of its lines, uncompressed, from the beginning on. */
  async lines(): Promise<ReadableStream<Uint8Array>> {
    await this.#input?.[Symbol.asyncDispose]();
    this.#input = await openInput(this.#path);
    if (!this.#input.gzip) return this.#input.stream;
    const { gunzip } = await import("../../gzip.ts");
    return gunzip(this.#input.stream);
  }

  /** Closes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input?.[Symbol.asyncDispose]();
    if (this.#kept !== undefined) await Deno.remove(this.#kept);
  }
}
