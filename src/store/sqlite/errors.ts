/**
 * What SQLite and the file system say, turned into errors that name the file and the way out.
 *
 * @module
 */

import type { EventoDBError } from "../../errors.ts";
import { backendFailure, lasting, type Remedy } from "../backend_failure.ts";

/** SQLite's primary result codes, with what a person can do about each. */
const remedies: Record<number, Remedy> = {
  5: lasting("is locked", "Another program has it open: close that program"),
  8: lasting("is read-only", "Make the folder and the file writable for this user"),
  10: lasting("cannot be read or written (disk I/O error)", "Check the disk"),
  11: lasting("is damaged", "Restore it from a backup"),
  13: lasting("cannot grow: the disk is full", "Free some space and try again"),
  14: lasting("cannot be opened", "Check that its folder exists and is writable for this user"),
  26: lasting("is not a SQLite database", "Choose another file"),
};

/** `db.exec` and the constructor give an error no `errcode`; their texts are SQLite's own. */
const codeOfText: readonly (readonly [string, number])[] = [
  ["database is locked", 5],
  ["readonly database", 8],
  ["disk I/O error", 10],
  ["disk image is malformed", 11],
  ["disk is full", 13],
  ["unable to open database file", 14],
  ["not a database", 26],
];

function primaryCode(error: Error): number {
  if ("errcode" in error && typeof error.errcode === "number") return error.errcode & 0xff;
  return codeOfText.find(([text]) => error.message.includes(text))?.[1] ?? 0;
}

/** `SQLITE_CONSTRAINT_UNIQUE` or `SQLITE_CONSTRAINT_PRIMARYKEY`: the key of a row is taken. */
export function isTaken(error: unknown): boolean {
  return error instanceof Error && "errcode" in error &&
    (error.errcode === 2067 || error.errcode === 1555);
}

export function backendError(error: unknown, path: string): EventoDBError {
  return backendFailure(error, path, (cause) => remedies[primaryCode(cause)]);
}
