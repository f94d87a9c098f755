/**
 * What a person sees: data on standard output, everything else on standard error. All of it passes
 * through {@linkcode printable} here, so that nothing foreign steers the terminal: a text is one line,
 * and what has several comes as a list of them.
 *
 * @module
 */

import { abortable } from "../../deps/abortable.ts";
import { escapeControls, printable } from "../../printable.ts";
import { fileProblem } from "../files/file_problem.ts";

const encoder = new TextEncoder();

/** The line that is written over and over at the bottom of the terminal; empty for none. */
let statusLine = "";

/** One line, or several. */
export type Lines = string | readonly string[];

/**
 * Writes data to standard output.
 *
 * @param lines One line, or several.
 * @throws {Deno.errors.BrokenPipe} The reader has gone.
 * @throws {CommandError} The disk is full, or the like.
 */
export function print(lines: Lines): void {
  write(joined(lines));
}

/**
 * Writes data to standard output as it is, tokens included: what was asked for, or what a script reads.
 * Controls are escaped here too.
 *
 * @param line One line.
 * @throws As {@linkcode print}.
 */
export function printWithSecrets(line: string): void {
  write(escapeControls(line));
}

/**
 * Says something on standard error.
 *
 * @param lines One line, or several.
 */
export function say(lines: Lines): void {
  sayText(joined(lines));
}

/**
 * Shows a new token on standard error: it cannot be looked up later.
 *
 * @param text What it is.
 * @param token The token, made here.
 */
export function sayToken(text: string, token: string): void {
  sayText(`${printable(text)} ${escapeControls(token)}`);
}

/**
 * Says what went wrong, on standard error.
 *
 * @param hints What to do, a line each.
 */
export function sayError(message: string, hints: readonly string[]): void {
  sayText(`${red("error:")} ${joined([message, ...hints])}`);
}

/**
 * Shows a line that the next one replaces. Only for a terminal.
 *
 * @param line The line; empty to take it away.
 */
export function showStatus(line: string): void {
  if (line === "" && statusLine === "") return;
  writeError(`\r${printable(line)}\x1b[K`);
  statusLine = line;
}

/** Whether a person is watching standard error. */
export function isWatched(): boolean {
  return Deno.stderr.isTerminal();
}

/** Colours a text of ours red and bold, on a terminal, unless `NO_COLOR` is set. */
function red(text: string): string {
  return Deno.noColor || !isWatched() ? text : `\x1b[1;31m${text}\x1b[0m`;
}

/**
 * Asks a question that is answered by yes or no.
 *
 * @param signal Ends the waiting for an answer.
 * @returns Whether the answer was yes; anything else is no.
 * @throws The signal's reason.
 */
export async function confirmed(question: string, signal?: AbortSignal): Promise<boolean> {
  writeError(`${printable(question)} [y/N] `);
  const answer = new Uint8Array(64);
  const reading = Deno.stdin.read(answer);
  const count = await (signal === undefined ? reading : abortable(reading, signal)) ?? 0;
  return /^y(es)?$/i.test(new TextDecoder().decode(answer.subarray(0, count)).trim());
}

function joined(lines: Lines): string {
  return typeof lines === "string" ? printable(lines) : lines.map(printable).join("\n");
}

function write(text: string): void {
  aboveStatus(() => {
    try {
      writeAll(Deno.stdout, `${text}\n`);
    } catch (error) {
      throw fileProblem("Cannot write standard output", error);
    }
  });
}

function sayText(text: string): void {
  aboveStatus(() => writeError(`${text}\n`));
}

/** Takes the status line away while something is written: both outputs may be the same terminal. */
function aboveStatus(write: () => void): void {
  const status = statusLine;
  showStatus("");
  write();
  showStatus(status);
}

/** Standard error may be closed: then nothing is written. */
function writeError(text: string): void {
  try {
    writeAll(Deno.stderr, text);
  } catch {
    // It is not read.
  }
}

function writeAll(output: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let rest = encoder.encode(text);
  while (rest.length > 0) rest = rest.subarray(output.writeSync(rest));
}
