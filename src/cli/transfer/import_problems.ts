/**
 * What can go wrong with an import, and what it means for the namespace, in words.
 *
 * @module
 */

import type { UploadStandstill } from "../../client/upload_watch.ts";
import { EventoDBError } from "../../errors.ts";
import { uploadStandstillMs } from "../../limits.ts";
import { sizeHints } from "./import_limits.ts";
import { formatBytes, formatCount } from "../terminal/format.ts";
import { CommandError, Interrupted } from "../problems.ts";
import { describe, hintsFor } from "../report.ts";
import { say } from "../terminal/terminal.ts";

/** What was to be imported. */
export interface NamedInput {
  /** What it is called in messages. */
  name: string;
  /** The file, where it is one. */
  path?: string;
}

/** The input of an import, as far as it was read. */
export interface ReadInput extends NamedInput {
  /** How many bytes have been read. */
  bytesRead: number;
  /** Where a line of several inputs stands; absent for one input. */
  locate?(line: number): { name: string; line: number } | undefined;
}

/** The import that has failed. */
export interface FailedImport {
  /** What its input is called. */
  name: string;
  /** Whether the server imports all or nothing. */
  atomic: boolean;
  /** Whether it was to replace existing events. */
  force: boolean;
  /** What it was to do with existing events. */
  existing?: "skip";
  /** The input, as far as it was read. */
  input: ReadInput;
  /** What was said when it stood still last. */
  standstill?: string;
}

/**
 * Says that an import stands still.
 *
 * @param standstill What is known.
 * @param atomic Whether the server is one of ours, which responds at once.
 * @returns The sentence; `undefined` where it may well be the server that takes its time.
 */
export function heldBack(
  { sentBytes, receivedBytes, hasResponded }: UploadStandstill,
  atomic: boolean,
): string | undefined {
  const seconds = uploadStandstillMs / 1000;
  const advice =
    'See "An import stands still" in docs/troubleshooting.md: go past the proxy, or let it ' +
    "speak HTTP/2 to the server";
  if (hasResponded) {
    return `Nothing has moved for ${seconds} s: ${formatBytes(sentBytes)} were sent, ` +
      `${
        formatBytes(receivedBytes ?? 0)
      } have arrived. Something in between, such as a proxy, holds the ` +
      `rest back. ${advice}`;
  }
  if (!atomic) return undefined;
  return `The server has not responded for ${seconds} s. Other imports may be running, for which this one ` +
    `waits; or something in between, such as a proxy, holds the bytes back. ${advice}`;
}

/**
 * The error of an input without any record. It must never pass for a file of events.
 *
 * @param options Whether it was to replace existing events.
 */
export function noRecord(
  { name, path }: NamedInput,
  { force }: { force: boolean },
): CommandError {
  return new CommandError(`Cannot import ${name}: it holds no record`, [
    "Nothing was imported: the namespace is as it was",
    ...path === undefined
      ? ["The command before the pipe found nothing, or failed: check its output"]
      : [],
    force
      ? "With --allow-empty, --force empties the namespace"
      : "With --allow-empty, an input without records is a success",
  ]);
}

/**
 * The error of a server that has not done all that it was sent, and says that it is done.
 *
 * @param records How many records were sent.
 * @param done How many of them the server says that it has imported or skipped.
 */
export function notAll(
  { name }: NamedInput,
  records: number,
  done: number,
): CommandError {
  return new CommandError(
    `${formatCount(records)} records of ${name} were sent, but the server says that it has ` +
      `imported ${formatCount(done)}`,
    ['It is not known what the namespace holds now. Look with "eventodb ns info"'],
  );
}

/**
 * Says what a failure means for the namespace.
 *
 * @param error Whatever ended the import.
 */
export function explain(failure: unknown, import_: FailedImport): unknown {
  const error = located(failure, import_.input);
  if (error instanceof EventoDBError && error.code === "OUTCOME_UNKNOWN") {
    if (!(error.cause instanceof Interrupted)) return withMeaning(error, [howToFindOut(import_)]);
    say(howToFindOut(import_));
    return error.cause;
  }
  const left = import_.atomic
    ? "Nothing was imported: the namespace is as it was"
    : "This server does not import atomically: events of earlier lines may have been kept" +
      (import_.force ? ", and the previous events may be lost. " : ". ") +
      'Look with "eventodb ns info", and delete the namespace before another try';
  if (error instanceof Interrupted) {
    say(left);
    return error;
  }
  const gone = error instanceof EventoDBError && error.code === "NAMESPACE_NOT_FOUND";
  const meaning = gone ? "Nothing was imported: the namespace does not exist" : left;
  return withMeaning(error, [meaning], import_);
}

/**
 * Says what a failure before anything was sent means.
 *
 * @param error Whatever ended the import.
 */
export function unsent(error: unknown): unknown {
  const meaning = "Nothing was sent";
  if (error instanceof Interrupted) say(meaning);
  if (error instanceof CommandError) return error;
  return withMeaning(error, [meaning]);
}

function howToFindOut({ atomic, force }: { atomic: boolean; force: boolean }): string {
  const open = "It is not known whether it is committed.";
  if (!atomic) return `${open} Look with "eventodb ns info"`;
  if (force) return `${open} To make sure, run the same command again`;
  return `${open} To find out, run the same command again with --existing skip: ` +
    "existing events are skipped, missing ones are imported";
}

/**
 * Says what an error means.
 *
 * @param meaning What it means, a sentence a line.
 * @param import_ The import, once it has begun.
 */
export function withMeaning(error: unknown, meaning: string[], import_?: FailedImport): unknown {
  if (error instanceof EventoDBError) {
    const message = import_ === undefined ? describe(error) : named(describe(error), import_.name);
    const still = import_?.standstill === undefined ? [] : [import_.standstill];
    const size = import_ === undefined ? [] : sizeHints(error, import_.input, import_.atomic);
    const more = [...still, ...size, ...importHints(error, import_), ...hintsFor(error)];
    const hints = [...meaning, ...more];
    return new CommandError(message, hints, { cause: error });
  }
  if (error instanceof CommandError) {
    const hints = [...new Set([...meaning, ...error.hints])];
    return new CommandError(error.message, hints, { cause: error.cause });
  }
  return error;
}

/** Of several inputs, names the one that a line is in, and the line in that. */
function located(error: unknown, input: ReadInput): unknown {
  if (!(error instanceof EventoDBError)) return error;
  const { code, line, status, details, cause } = error;
  const found = line === undefined ? undefined : input.locate?.(line);
  if (found === undefined) return error;
  const location = (all: string) => {
    const { name, line } = input.locate?.(Number(all)) ?? { name: "the input", line: all };
    return `line ${line} of ${name}`;
  };
  const message = describe(error)
    .replace(/ \([A-Z_]+\)$/, "")
    .replace(/^(Cannot import )line (\d+)\b/, (_, start, line) => start + location(line))
    .replace(/( is taken by )line (\d+)\b/, (_, start, line) => start + location(line));
  return EventoDBError.withCode(code, message, {
    line: found.line,
    status,
    details: { ...details, input: found.name },
    cause,
  });
}

/** Names the input where a message names its line, or what is wrong with it as a whole. */
function named(message: string, name: string): string {
  return message
    .replace(/^Cannot import (line \d+)(?! of )\b/, (_, line) => `Cannot import ${line} of ${name}`)
    .replace(/^The gzip data\b/, () => `Cannot import ${name}: the gzip data`);
}

function importHints({ code, message }: EventoDBError, import_?: FailedImport): string[] {
  switch (code) {
    case "MANIFEST_MISMATCH":
      return [
        `"eventodb verify" shows what differs. With --no-manifest it is imported as it is`,
      ];
    case "INVALID_MANIFEST":
      return ["With --no-manifest the file is imported as it is"];
    case "POSITION_EXISTS":
    case "MESSAGE_ID_EXISTS":
      if (import_?.force) {
        return ["The input has it twice: with --force, nothing else can conflict"];
      }
      if (/ is taken by line \d/.test(message)) {
        return [
          message.includes("it is the same message")
            ? "The input holds it twice: --existing skip skips the second one"
            : "The input holds two versions of it: take one of the lines out",
        ];
      }
      return [
        import_?.existing === "skip"
          ? "It differs from the existing event: import into an empty namespace, or replace all of it " +
            "with --force"
          : "If it was imported before, import into an empty namespace, skip existing events with " +
            "--existing skip, or replace all of it with --force",
      ];
    case "IMPORT_IN_PROGRESS":
      return ["Another import into this namespace is running: wait until it has ended"];
    default:
      return [];
  }
}
