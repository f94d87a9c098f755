/**
 * A file for a new token: made before there is a token, so that none is lost to a folder that cannot
 * be written to, and for its owner alone.
 *
 * @module
 */

import { privateFileMode } from "../private_file.ts";
import { fileProblem } from "./file_problem.ts";

/** A file that gets its name, and its mode, once the token is in it. */
export class TokenOutput implements AsyncDisposable {
  readonly #path: string;
  readonly #partPath: string;
  readonly #file: Deno.FsFile;
  #isWritten = false;

  private constructor(path: string, partPath: string, file: Deno.FsFile) {
    this.#path = path;
    this.#partPath = partPath;
    this.#file = file;
  }

  /**
   * Opens a file.
   *
   * @param path Its path. One that is there is replaced once the token is written.
   * @returns The file; disposed of without a token, it leaves nothing behind.
   * @throws {CommandError} It cannot be written.
   */
  static async open(path: string): Promise<TokenOutput> {
    const partPath = `${path}.${crypto.randomUUID().slice(0, 8)}.part`;
    try {
      const options = { write: true, createNew: true, mode: privateFileMode };
      return new TokenOutput(path, partPath, await Deno.open(partPath, options));
    } catch (error) {
      throw fileProblem(`Cannot write the token to ${path}`, error);
    }
  }

  /**
   * Writes the token, and gives the file its name.
   *
   * @param token The token.
   */
  async write(token: string): Promise<void> {
    try {
      let rest = new TextEncoder().encode(`${token}\n`);
      while (rest.length > 0) rest = rest.subarray(await this.#file.write(rest));
      await this.#file.sync();
      await Deno.rename(this.#partPath, this.#path);
    } catch (error) {
      throw fileProblem(`Cannot write the token to ${this.#path}`, error);
    }
    this.#isWritten = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#file.close();
    if (!this.#isWritten) await Deno.remove(this.#partPath).catch(() => {});
  }
}
