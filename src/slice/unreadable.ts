/**
 * What is wrong with the content of a file, for commands that read several or do not import it.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";

/**
 * Says in which file something is wrong.
 *
 * @param error What was thrown while it was read.
 * @param action What could not be done with the file, and its name: `Cannot compare july.ndjson`.
 * @returns The error to be thrown; the same one when it is not about the content of a file.
 */
export function unreadable(error: unknown, action: string): unknown {
  if (!(error instanceof EventoDBError)) return error;
  const { code, line, status } = error;
  const message = error.message
    .replace(/^Cannot import (?=line \d)/, () => `${action}: `)
    .replace(/^Cannot import .*?: (?=it is not the file that )/, () => `${action}: `)
    .replace(/^The gzip data\b/, () => `${action}: the gzip data`);
  if (message === error.message) return error;
  return EventoDBError.withCode(code, message, { line, status, cause: error });
}
