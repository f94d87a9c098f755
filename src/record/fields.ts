/**
 * Fields as JSON text → fields of a message, each with its rule. Records and messages on the wire
 * share them; only their names differ.
 *
 * @module
 */

import { excerpt } from "../excerpt.ts";
import { integerProblem } from "../integer.ts";
import { decodeString } from "../json/scan.ts";
import { messageIdProblem, nameProblem } from "../names.ts";
import { parseTime } from "../time.ts";

/** What is wrong with a field. The reader of the record adds its location. */
export class FieldError extends Error {}

/** The field's text; empty stands for a field that is not there. */
export function given(field: string, value: string): string {
  if (value === "") throw new FieldError(`"${field}" is missing`);
  return value;
}

/** A message id, as it is. */
export function toId(field: string, value: string): string {
  const id = toText(field, value);
  const problem = messageIdProblem(id);
  if (problem !== null) throw new FieldError(`"${field}" ${problem}`);
  return id;
}

/** A stream name or a message type. */
export function toName(field: string, value: string): string {
  const name = toText(field, value);
  const problem = nameProblem(name);
  if (problem !== null) throw new FieldError(`"${field}" ${problem}`);
  return name;
}

/** A position. Only digits: 1.0 and 1e3 are not what a store would give back. */
export function toInteger(field: string, value: string, min: number): number {
  const integer = /^(?:0|-?[1-9]\d*)$/.test(given(field, value)) ? Number(value) : NaN;
  const problem = integerProblem(integer, { min });
  if (problem !== null) throw new FieldError(`"${field}" ${problem}, got ${excerpt(value)}`);
  return integer;
}

/** The text of an object or of `null`, as it is. */
export function toPayload(field: string, value: string): string {
  if (given(field, value).startsWith("{") || value === "null") return value;
  throw new FieldError(`"${field}" must be a JSON object or null, got ${excerpt(value)}`);
}

/** Metadata is `null` where there is none; data has no such case. */
export function nullable(payload: string): string | null {
  return payload === "null" ? null : payload;
}

/** A time, in UTC. */
export function toTime(field: string, value: string): string {
  const time = toText(field, value);
  try {
    return parseTime(time);
  } catch (error) {
    throw new FieldError(`the time ${(error as RangeError).message}`);
  }
}

/** Any text, as it is. */
export function toText(field: string, value: string): string {
  if (given(field, value).startsWith('"')) return decodeString(value);
  throw new FieldError(`"${field}" must be a string, got ${excerpt(value)}`);
}
