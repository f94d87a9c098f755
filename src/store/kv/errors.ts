/**
 * What Deno KV and the network say, turned into errors that name the database and the way out.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import {
  backendFailure,
  lasting,
  passing,
  type Remedy,
  unavailableStatus,
} from "../backend_failure.ts";

/** Deno KV has no codes: its texts are SQLite's, the network's and its own. */
const remedies: readonly (readonly [RegExp, Remedy])[] = [
  [
    /database (table )?is locked/,
    passing(
      "is locked by another program",
      "Try again; if that does not help, close the program that has the file open",
    ),
  ],
  [
    /database or disk is full/,
    lasting(
      "cannot grow: the disk is full",
      "Free some space, or delete namespaces that are not needed, and try again",
    ),
  ],
  [
    /readonly database/,
    lasting("is read-only", "Make the file and its folder writable for this user"),
  ],
  [/disk I\/O error/, lasting("cannot be read or written", "Check the disk")],
  // Deno KV reads on where a damaged page looks like a sound one, and finds a column of another type.
  [
    /disk image is malformed|Invalid column type/,
    lasting("is damaged", "Restore it from a backup"),
  ],
  [
    /unable to open database file|^mkdir|: mkdir|permission denied/i,
    lasting("cannot be opened", "Check that it is a file, in a folder that this user may write to"),
  ],
  [
    /file is not a database|table kv already exists/,
    lasting("is not a file of Deno KV", "Choose another file; nothing was changed in this one"),
  ],
  // Deno 2.8.0 gives the body of such a response without its status.
  [
    /responded with status 40[13]|fetch metadata: .*(?:access token|unauthorized|forbidden)/i,
    lasting("refused the access token", "Check the environment variable DENO_KV_ACCESS_TOKEN"),
  ],
  [
    /responded with status 404|not a valid KV Connect endpoint/,
    lasting("is not at that address", "Check the URL: a KV Connect server must respond there"),
  ],
  [/responded with status 5\d\d/, passing("responded with an error", "Try again later")],
  [
    /failed to (read response body|decode response)/,
    passing("closed the connection during a request", "Try again"),
  ],
  [
    /failed to connect|error sending request|dns error/,
    passing("cannot be reached", "Check the URL, and that the server runs"),
  ],
  [
    /^no response within/,
    passing("does not respond", "Check the network, and that the server runs"),
  ],
];

/** Thrown when a response has not come in time. What was asked for may have been done, or be yet. */
export class NoResponse extends Error {
  override readonly name = "NoResponse";

  /**
   * @param ms How long was waited for it, in milliseconds.
   * @param isRemote The database is on another machine; otherwise only a lock can delay it.
   */
  constructor(ms: number, isRemote: boolean) {
    super(`${isRemote ? "" : "database is locked: "}no response within ${ms / 1000} s`);
  }
}

/** Whether it is not known if what failed has been done. */
export function isUncertain(error: unknown): boolean {
  return error instanceof EventoDBError && error.cause instanceof NoResponse;
}

/** Whether another connection had the lock; nothing has been done then. */
export function isLocked(error: unknown): boolean {
  return says(error, /database (table )?is locked/);
}

/** Whether the response was lost on its way; what was asked for may have been done. */
export function isCut(error: unknown): boolean {
  return says(error, /failed to (read response body|decode response)/);
}

/** Whether the disk was full; nothing has been done then. */
export function isFull(error: unknown): boolean {
  return says(error, /database or disk is full/);
}

function says(error: unknown, text: RegExp): boolean {
  return error instanceof Error && text.test(error.message);
}

/** The error of a database whose content this program cannot have written. */
export function malformed(name: string, cause?: unknown): EventoDBError {
  return backendError(new Error("database disk image is malformed", { cause }), name);
}

/** The error of an operation that the disk has no space for. */
export function diskFull(name: string): EventoDBError {
  return backendError(new Error("database or disk is full"), name);
}

export function backendError(error: unknown, name: string): EventoDBError {
  return backendFailure(
    error,
    name,
    ({ message }) => remedies.find(([text]) => text.test(message))?.[1],
  );
}

/** The error of an action, such as `write to`, that others were always faster than. */
export function contended(action: string, id: string): EventoDBError {
  return new EventoDBError(
    "BACKEND_ERROR",
    `Cannot ${action} the namespace ${JSON.stringify(id)}: ` +
      "other servers keep changing it: try again",
    { status: unavailableStatus },
  );
}
