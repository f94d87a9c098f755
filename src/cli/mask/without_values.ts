/**
 * Errors about the lines of a file, without what is in the lines.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import { CommandError } from "../problems.ts";

/** Errors whose messages show what was read. */
const showing: readonly string[] = ["INVALID_JSON", "INVALID_RECORD"];

/**
 * Takes what was read out of an error: it must not get into a log.
 *
 * @param error What was thrown while lines were read.
 * @param action What could not be done, such as `Cannot mask`.
 * @returns The error to be thrown; the same one where nothing of a line is in it.
 */
export function withoutValues(error: unknown, action: string): unknown {
  if (!(error instanceof EventoDBError)) return error;
  if (error.code === "INVALID_REQUEST") return withoutStreams(error);
  if (!showing.includes(error.code)) return error;
  const { code, line } = error;
  const where = line === undefined ? "a line" : `line ${line}`;
  return new CommandError(`${action}: ${where} is not a record, or not in order (${code})`, [
    "eventodb verify FILE says what is wrong with it, and shows it",
  ]);
}

/** Such as a closure that is too large: no stream is named but those that were given. */
function withoutStreams({ message, details }: EventoDBError): EventoDBError {
  const { meant: _, fanOuts, ...rest } = details ?? {};
  const counts = Array.isArray(fanOuts)
    ? { fanOuts: fanOuts.map(({ streams, events }) => ({ streams, events })) }
    : {};
  return new EventoDBError(
    "INVALID_REQUEST",
    message.replace(/\. (?:Did you mean|Most of them come from) .*$/s, ""),
    { details: { ...rest, ...counts } },
  );
}
