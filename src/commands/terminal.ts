/**
 * What a person sees: data on standard output, everything else on standard error.
 *
 * @module
 */

import { fileProblem } from "./file_problem.ts";

const encoder = new TextEncoder();

/** The line that is written over and over at the bottom of the terminal; empty for none. */
let statusLine = "";

/**
 * Writes data to standard output.
 *
 * @param text One line or several.
 * @throws {Deno.errors.BrokenPipe} The reader has gone.
 * @throws {CommandError} There is no room, or the like.
 */
export function print(text: string): void {
  try {
    writeAll(Deno.stdout, `${text}\n`);
  } catch (error) {
    throw fileProblem("Cannot write standard output", error);
  }
}

/**
 * Says something on standard error.
 *
 * @param text One line or several.
 */
export function say(text: string): void {
  const status = statusLine;
  showStatus("");
  tell(`${text}\n`);
  showStatus(status);
}

/**
 * Shows a line that the next one replaces. Only for a terminal.
 *
 * @param line The line; empty to take it away.
 */
export function showStatus(line: string): void {
  if (line === "" && statusLine === "") return;
  tell(`\r${line}\x1b[K`);
  statusLine = line;
}

/**
 * Whether a person is watching standard error.
 *
 * @returns Whether it is a terminal.
 */
export function isWatched(): boolean {
  return Deno.stderr.isTerminal();
}

/**
 * Colours a text for standard error, where that shows.
 *
 * @param text The text.
 * @returns The text, red and bold on a terminal, unless `NO_COLOR` is set.
 */
export function red(text: string): string {
  return Deno.noColor || !isWatched() ? text : `\x1b[1;31m${text}\x1b[0m`;
}

/**
 * Asks a question that is answered by yes or no.
 *
 * @param question The question.
 * @param signal Ends the waiting for an answer.
 * @returns Whether the answer was yes; anything else is no.
 * @throws The signal's reason.
 */
export async function confirmed(question: string, signal?: AbortSignal): Promise<boolean> {
  tell(`${question} [y/N] `);
  const { promise: given, reject: giveUp } = Promise.withResolvers<never>();
  signal?.addEventListener("abort", () => giveUp(signal.reason));
  const answer = new Uint8Array(64);
  const count = await Promise.race([Deno.stdin.read(answer), given]) ?? 0;
  return /^y(es)?$/i.test(new TextDecoder().decode(answer.subarray(0, count)).trim());
}

/** Standard error may be closed, and then there is nobody to be told. */
function tell(text: string): void {
  try {
    writeAll(Deno.stderr, text);
  } catch {
    // Nobody reads it.
  }
}

function writeAll(output: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let rest = encoder.encode(text);
  while (rest.length > 0) rest = rest.subarray(output.writeSync(rest));
}
