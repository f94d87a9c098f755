/**
 * `--json`: how a command ended, in one line for scripts.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { CommandError, Interrupted } from "./problems.ts";
import { print, printWithSecrets, say } from "./terminal/terminal.ts";

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
  // Standard error where the output carries events.
  const isFree = options.stdoutIsFree ?? true;
  let result: Record<string, unknown>;
  try {
    result = await run();
  } catch (error) {
    if (options.json && !(error instanceof Deno.errors.BrokenPipe)) {
      const line = JSON.stringify({ ok: false, error: errorFields(error) });
      if (isFree) print(line);
      else say(line);
    }
    throw error;
  }
  if (!options.json) return;
  const line = JSON.stringify({ ok: true, ...result });
  // What was asked for is not changed: it may be a token.
  if (isFree) printWithSecrets(line);
  else say(line);
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
