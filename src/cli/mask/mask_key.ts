/**
 * The key of a masking: from a file, or made for one run.
 *
 * @module
 */

import { maskKeyFileBytesMax } from "../limits.ts";
import { newMaskKey, parseMaskKey } from "../../mask/key/key_file.ts";
import type { Arguments } from "../arguments.ts";
import { fileProblem } from "../files/file_problem.ts";
import { readAtMost } from "../files/read_at_most.ts";
import { CommandError } from "../problems.ts";
import { say } from "../terminal/terminal.ts";

/**
 * Reads the key that a command was given, or makes one for this run and says what that means.
 *
 * @param option The name of its option.
 * @param quiet Whether to say nothing of it.
 * @returns The key: 32 bytes.
 * @throws {CommandError} The file cannot be read, holds no key, or others may read it.
 */
export async function givenMaskKey(
  args: Arguments,
  option: "key-file" | "mask-key-file",
  quiet: boolean,
): Promise<Uint8Array<ArrayBuffer>> {
  const path = args.text(option);
  if (path !== undefined) return await readMaskKey(path);
  if (!quiet) {
    say([
      "Note: there is no key, so one was made for this run only: its pseudonyms will not match " +
      "those of another run",
      `eventodb mask keygen FILE makes one to keep`,
    ]);
  }
  return newMaskKey();
}

/**
 * Reads a key file.
 *
 * @param path Where it is; a pipe will do.
 * @returns The key: 32 bytes.
 * @throws {CommandError} It cannot be read, holds no key, or others may read it.
 */
async function readMaskKey(path: string): Promise<Uint8Array<ArrayBuffer>> {
  let bytes: Uint8Array | undefined;
  try {
    using file = await Deno.open(path);
    const { isFile, mode } = await file.stat();
    // A pipe is for nobody else; Windows has no such modes.
    if (isFile && mode !== null && (mode & 0o077) !== 0 && Deno.build.os !== "windows") {
      throw new CommandError(
        `Cannot use the key file ${path}: other users of this machine may read it`,
        [`Run: chmod 600 ${path}`, "If somebody may have read it, make another key"],
      );
    }
    bytes = await readAtMost(file, maskKeyFileBytesMax);
  } catch (error) {
    throw fileProblem(`Cannot read the key file ${path}`, error);
  }
  const key = bytes === undefined
    ? `it has more than ${maskKeyFileBytesMax} bytes`
    : parseMaskKey(new TextDecoder().decode(bytes));
  if (typeof key !== "string") return key;
  throw new CommandError(`Cannot use the key file ${path}: ${key}`, [
    "eventodb mask keygen FILE makes a key",
  ]);
}
