/**
 * The token that a command is given: in a file, in the environment, or on the command line, where the
 * other users of a machine can read it.
 *
 * @module
 */

import { tokenFileBytesMax } from "../limits.ts";
import type { Arguments } from "../arguments.ts";
import { fileProblem } from "../files/file_problem.ts";
import { readAtMost } from "../files/read_at_most.ts";
import { UsageError } from "../problems.ts";
import { noteSource, sourceOf } from "../value_sources.ts";
import { say } from "../terminal/terminal.ts";

/** How to warn of a file that others can read. */
export interface TokenOptions {
  /** Not at all. */
  quiet?: boolean;
  /** Takes the warning, and what to do. Default: they are said on standard error. */
  onWarning?: (warning: string, wayOut: string) => void;
}

/**
 * Reads the token that a command was given.
 *
 * @param options How to warn of a file that others can read.
 * @returns The token, without white space around it; `undefined` when none was given.
 * @throws {UsageError} It is given twice, the file is empty, or holds something else.
 * @throws {CommandError} The file cannot be read.
 */
export async function givenToken(
  args: Arguments,
  options: TokenOptions = {},
): Promise<string | undefined> {
  const path = args.text("token-file");
  if (path === undefined) {
    const token = args.text("token")?.trim();
    if (token !== undefined) checkToken(token, sourceOf("token"));
    return token;
  }
  if (args.isTyped("token")) {
    throw new UsageError("--token and --token-file contradict each other", "Use only one of them");
  }
  const token = await readTokenFile(path, options);
  noteSource("token", "--token-file");
  return token;
}

async function readTokenFile(path: string, { quiet, onWarning }: TokenOptions): Promise<string> {
  let bytes: Uint8Array | undefined;
  try {
    using file = await Deno.open(path);
    const { isFile, mode } = await file.stat();
    // A pipe is private; Windows has no such modes.
    if (isFile && mode !== null && (mode & 0o077) !== 0 && Deno.build.os !== "windows" && !quiet) {
      const warn = onWarning ?? ((warning, wayOut) => say([`Warning: ${warning}`, wayOut]));
      warn(`other users of this machine may read the token file ${path}`, `Run: chmod 600 ${path}`);
    }
    bytes = await readAtMost(file, tokenFileBytesMax);
  } catch (error) {
    throw fileProblem(`Cannot read the token file ${path}`, error);
  }
  if (bytes === undefined) {
    throw new UsageError(
      `Cannot use the token file ${path}: it has more than ${tokenFileBytesMax} bytes`,
      "It holds the token and nothing else",
    );
  }
  const token = new TextDecoder().decode(bytes).trim();
  if (token === "") {
    throw new UsageError(
      `Cannot use the token file ${path}: it is empty`,
      "It holds the token and nothing else",
    );
  }
  checkToken(token, `The token file ${path}`);
  return token;
}

function checkToken(token: string, source: string): void {
  if (/^[\x21-\x7e]+$/.test(token)) return;
  throw new UsageError(
    `${source} must be one word of printable ASCII`,
    "A token begins with ns_; copy it whole, without quotes or line breaks",
  );
}
