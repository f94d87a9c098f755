/**
 * What is wrong with a file, in words for the person who named it.
 *
 * @module
 */

import { CommandError } from "../problems.ts";

/**
 * Puts an error of the file system into words.
 *
 * @param action What was to be done, such as `Cannot read events.ndjson`.
 * @param error What was thrown.
 * @returns The error to be thrown; the same one when it has nothing to do with files.
 */
export function fileProblem(action: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error instanceof Deno.errors.NotCapable || error instanceof CommandError) return error;
  // A reader that has seen enough is no problem.
  if (error instanceof Deno.errors.BrokenPipe) return error;
  const reason = reasonOf(error);
  return reason === undefined
    ? error
    : new CommandError(`${action}: ${reason}`, [], { cause: error });
}

function reasonOf(error: Error): string | undefined {
  if (error instanceof Deno.errors.NotFound) return "there is no such file or folder";
  if (error instanceof Deno.errors.PermissionDenied) return "the system does not allow it";
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder";
  if (error instanceof Deno.errors.NotADirectory) return "a part of its path is not a folder";
  // Such as "No space left on device (os error 28)", and what Deno says after it.
  return /^(.*?) \(os error \d+\)/.exec(error.message)?.[1];
}
