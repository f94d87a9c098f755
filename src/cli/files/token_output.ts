/**
 * Where a new token goes: to standard output, or into a file for its owner alone, which is opened before
 * there is a token, so that none is lost to a folder that cannot be written to.
 *
 * @module
 */

import type { Arguments } from "../arguments.ts";
import { isStandardOutput, openOutput, type Output } from "./output.ts";

/** A file that is ready for a token. */
export class TokenOutput implements AsyncDisposable {
  /** Its path. */
  readonly path: string;
  readonly #output: Output;

  private constructor(path: string, output: Output) {
    this.path = path;
    this.#output = output;
  }

  /**
   * Opens a file.
   *
   * @param path Its path. One that is there is replaced once the token is written.
   * @returns The file; disposed of without a token, it leaves nothing behind.
   * @throws {CommandError} It cannot be written.
   */
  static async open(path: string): Promise<TokenOutput> {
    return new TokenOutput(path, await openOutput(path, undefined, { isSecret: true }));
  }

  /**
   * Opens the file of `--output`.
   *
   * @returns The file; `undefined` for standard output.
   * @throws {CommandError} It cannot be written.
   */
  static async named(args: Arguments): Promise<TokenOutput | undefined> {
    const path = args.text("output");
    return path === undefined || isStandardOutput(path) ? undefined : await TokenOutput.open(path);
  }

  /**
   * Writes the token, and gives the file its name.
   *
   * @throws {CommandError} It could not be written.
   */
  async write(token: string): Promise<void> {
    const writer = this.#output.writable.getWriter();
    await writer.write(new TextEncoder().encode(`${token}\n`));
    await this.#output.complete();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#output[Symbol.asyncDispose]();
  }
}
