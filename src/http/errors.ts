/**
 * Errors as responses.
 *
 * @module
 */

import { retryAfterSeconds } from "./limits.ts";
import { EventoDBError } from "../errors.ts";
import { hideSecrets } from "../printable.ts";

/** An exchange that ended in the middle: by the client's leaving, or by ours from a client. */
export class BrokenOff extends Error {
  /** The class's name. */
  override readonly name = "BrokenOff";
}

/**
 * Makes of whatever was thrown an error that may be shown: an unexpected one keeps its message
 * to itself.
 *
 * @param error Whatever was thrown.
 * @returns An error with a code and a status.
 */
export function publicError(error: unknown): EventoDBError {
  if (error instanceof EventoDBError) return error;
  return new EventoDBError(
    "BACKEND_ERROR",
    "The server failed unexpectedly: see its log",
    { cause: error },
  );
}

/**
 * Responds with an error.
 *
 * @param error What went wrong.
 * @param headers Headers of its own.
 * @returns The response, with its body as PROTOCOL.md has it.
 */
export function errorResponse(error: EventoDBError, headers: HeadersInit = {}): Response {
  const { status } = error;
  const response = Response.json(errorBody(error), { status, headers });
  if (status === 401) response.headers.set("WWW-Authenticate", "Bearer");
  if (status === 503) response.headers.set("Retry-After", String(retryAfterSeconds));
  return response;
}

/**
 * What a client receives of an error.
 *
 * @param error What went wrong.
 * @returns The body of a response, as PROTOCOL.md has it.
 */
export function errorBody({ code, message, details }: EventoDBError): object {
  // What is wrong with a path or a name may be that it is a token, and clients log what they receive.
  return { error: { code, message: hideSecrets(message), details } };
}
