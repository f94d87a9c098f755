/**
 * What Deno KV and the network say, turned into errors that name the database and the way out.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import { backendFailure, type Remedy, unavailableStatus } from "../backend_failure.ts";

/** Deno KV has no codes: its texts are SQLite's, the network's and its own. */
const remedies: readonly (readonly [RegExp, Remedy])[] = [
  [/database (table )?is locked/, {
    said: "is locked by another program",
    remedy: "Try again; if that does not help, close the program that has the file open",
    status: unavailableStatus,
  }],
  [/database or disk is full/, {
    said: "cannot grow: the disk is full",
    remedy: "Free some space, or delete namespaces that are not needed, and try again",
  }],
  [/readonly database/, {
    said: "is read-only",
    remedy: "Make the file and its folder writable for this user",
  }],
  [/disk I\/O error/, { said: "cannot be read or written", remedy: "Check the disk" }],
  // Deno KV reads on where a damaged page looks like a sound one, and finds a column of another type.
  [/disk image is malformed|Invalid column type/, {
    said: "is damaged",
    remedy: "Restore it from a backup",
  }],
  [/unable to open database file|^mkdir|: mkdir|permission denied/i, {
    said: "cannot be opened",
    remedy: "Check that it is a file, in a folder that this user may write to",
  }],
  [/file is not a database|table kv already exists/, {
    said: "is not a file of Deno KV",
    remedy: "Choose another file; nothing was changed in this one",
  }],
  // Deno 2.8.0 gives the body of such a response without its status.
  [/responded with status 40[13]|fetch metadata: .*(?:access token|unauthorized|forbidden)/i, {
    said: "refused the access token",
    remedy: "Check the environment variable DENO_KV_ACCESS_TOKEN",
  }],
  [/responded with status 404|not a valid KV Connect endpoint/, {
    said: "is not at that address",
    remedy: "Check the URL: a KV Connect server must respond there",
  }],
  [/responded with status 5\d\d/, {
    said: "responded with an error",
    remedy: "Try again later",
    status: unavailableStatus,
  }],
  [/failed to (read response body|decode response)/, {
    said: "closed the connection during a request",
    remedy: "Try again",
    status: unavailableStatus,
  }],
  [/failed to connect|error sending request|dns error/, {
    said: "cannot be reached",
    remedy: "Check the URL, and that the server runs",
    status: unavailableStatus,
  }],
  [/^no response within/, {
    said: "does not respond",
    remedy: "Check the network, and that the server runs",
    status: unavailableStatus,
  }],
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
  return error instanceof Error && /database (table )?is locked/.test(error.message);
}

/** Whether the response was lost on its way; what was asked for may have been done. */
export function isCut(error: unknown): boolean {
  return error instanceof Error &&
    /failed to (read response body|decode response)/.test(error.message);
}

/** Whether the disk was full; nothing has been done then. */
export function isFull(error: unknown): boolean {
  return error instanceof Error && /database or disk is full/.test(error.message);
}

/** The error of a database whose content this program cannot have written. */
export function malformed(name: string, cause?: unknown): EventoDBError {
  return backendError(new Error("database disk image is malformed", { cause }), name);
}

/** The error of an operation that the disk has no space for. */
export function diskFull(name: string): EventoDBError {
  return backendError(new Error("database or disk is full"), name);
}

/** Makes of what was thrown an {@linkcode EventoDBError} that says what to do. */
export function backendError(error: unknown, name: string): EventoDBError {
  return backendFailure(
    error,
    name,
    ({ message }) => remedies.find(([text]) => text.test(message))?.[1],
  );
}

/**
 * The error of an operation that others were always faster than.
 *
 * @param action What was asked for, such as `write to`.
 */
export function contended(action: string, id: string): EventoDBError {
  return new EventoDBError(
    "BACKEND_ERROR",
    `Cannot ${action} the namespace ${JSON.stringify(id)}: ` +
      "other servers keep changing it: try again",
    { status: unavailableStatus },
  );
}
