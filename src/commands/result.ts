/**
 * `--json`: how a command ended, in one line for scripts.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import type { Option } from "./command.ts";
import { CommandError, Interrupted } from "./problems.ts";
import { print, say } from "./terminal.ts";

/** The option. */
export const jsonOption: Option = {
  name: "json",
  help: "End with a line of JSON that a script can read",
};

/** The option of commands that tell of their progress. */
export const quietOption: Option = {
  name: "quiet",
  help: "Say nothing but errors",
};

/** Where the line goes: standard output, or standard error where the output carries events. */
export type ResultWriter = (text: string) => void;

/**
 * Does something, and ends with a line that says how it went.
 *
 * @param options Whether there is to be a line, and whether standard output is free for it.
 * @param run What to do; it resolves to what the line says besides.
 */
export async function withResult(
  options: { json: boolean; stdoutIsFree?: boolean },
  run: () => Promise<Record<string, unknown>>,
): Promise<void> {
  const write: ResultWriter = options.stdoutIsFree ?? true ? print : say;
  let result: Record<string, unknown>;
  try {
    result = await run();
  } catch (error) {
    if (options.json && !(error instanceof Deno.errors.BrokenPipe)) {
      write(JSON.stringify({ ok: false, error: errorFields(error) }));
    }
    throw error;
  }
  if (options.json) write(JSON.stringify({ ok: true, ...result }));
}

function errorFields(error: unknown): Record<string, unknown> {
  if (error instanceof Interrupted) return { code: "INTERRUPTED", message: error.message };
  const own = error instanceof CommandError && error.cause instanceof EventoDBError
    ? error.cause
    : error;
  if (own instanceof EventoDBError) {
    const { code, message, line, details } = own;
    return { code, message, line, details };
  }
  return { code: "FAILED", message: error instanceof Error ? error.message : String(error) };
}
