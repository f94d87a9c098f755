/**
 * What a database, the file system or the network says, as an error that names the database and the way
 * out. Each backend's `errors.ts` knows its engine's codes and texts.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";

/** The same request may succeed a little later, perhaps on another server. */
export const unavailableStatus: number = 503;

/** What a failure means: what to say of the database, and what a person can do. */
export interface Remedy {
  said: string;
  remedy: string;
  status?: number;
}

/** A failure that stays until somebody does something. */
export function lasting(said: string, remedy: string): Remedy {
  return { said, remedy };
}

/** A failure that may be over a little later. */
export function passing(said: string, remedy: string): Remedy {
  return { said, remedy, status: unavailableStatus };
}

/**
 * Makes of what was thrown an {@linkcode EventoDBError} that says what to do; one that is thrown
 * comes back as it is.
 *
 * @param name The database, or the file or folder that it is about, as it may be shown.
 * @param remedyOf Recognises what was thrown.
 */
export function backendFailure(
  error: unknown,
  name: string,
  remedyOf: (cause: Error) => Remedy | undefined,
): EventoDBError {
  if (error instanceof EventoDBError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  const known = remedyOf(cause);
  const [firstLine] = cause.message.split("\n");
  const what = known === undefined
    ? `failed: ${cause.message}`
    : `${known.said} (${firstLine}). ${known.remedy}`;
  return new EventoDBError("BACKEND_ERROR", `The database "${name}" ${what}`, {
    cause,
    status: known?.status,
  });
}
