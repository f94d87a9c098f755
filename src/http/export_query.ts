/**
 * What a request for an export asks for: the parameters of `GET /export`, or the JSON of `POST /export`.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { parseInteger, parsePosition } from "../integer.ts";
import { isRecord } from "../json/is_record.ts";
import type { Slice } from "../slice/slice.ts";
import { type RequestedSlice, sliceOfFields } from "../slice/slice_fields.ts";
import { type FieldKind, isListKind, sliceParameters } from "../slice/slice_parameters.ts";
import { Query } from "./query.ts";

/** Lists, whose parameters may be repeated. That of categories also takes several names at once. */
const lists = sliceParameters.filter(([field, { kind }]) =>
  isListKind(kind) && field !== "categories"
);

/** The others, whose parameters have one value. */
const singles = sliceParameters.filter(([, { kind }]) => !isListKind(kind));

/** What each field is called in a query. */
const names = Object.fromEntries(
  sliceParameters.map(([field, { parameter }]) => [field, parameter]),
) as Record<keyof Slice, string>;

/**
 * Reads the query of `GET /export`.
 *
 * @returns What is asked for.
 * @throws {EventoDBError} `INVALID_REQUEST`, naming the parameter.
 */
export function sliceOfQuery(query: URLSearchParams): RequestedSlice {
  new Query(query, "export").checkKnown({
    single: singles.map(([, { parameter }]) => parameter),
    repeated: ["categories", "category", ...lists.map(([, { parameter }]) => parameter)],
  });
  const single = query.getAll("category");
  // By itself first, so that what is wrong with it is said under its own name.
  if (single.length > 0) {
    sliceOfFields({ categories: single }, { names: { categories: "category" } });
  }
  const fields: Record<string, unknown> = { categories: categoriesOf(query, single) };
  for (const [field, { parameter }] of lists) {
    if (query.has(parameter)) fields[field] = query.getAll(parameter);
  }
  for (const [field, { parameter, kind }] of singles) {
    const text = query.get(parameter);
    if (text === null) continue;
    const value = read(kind, text);
    // What cannot be read is refused as it came.
    fields[field] = Number.isNaN(value) ? text : value;
  }
  return sliceOfFields(fields, { names });
}

/**
 * Reads the body of `POST /export`.
 *
 * @param query The query, which has a token at most.
 * @returns What is asked for.
 * @throws {EventoDBError} `INVALID_REQUEST`, naming the field.
 */
export function sliceOfBody(query: URLSearchParams, body: string): RequestedSlice {
  const name = query.keys().find((name) => name !== "token");
  if (name !== undefined) {
    throw invalid(
      `POST /export takes what is asked for in its body, and not in the parameter "${name}"`,
    );
  }
  let given: unknown;
  try {
    given = JSON.parse(body);
  } catch (error) {
    throw invalid(`the body is not JSON: ${(error as Error).message}`);
  }
  if (!isRecord(given)) throw invalid("the body must be a JSON object");
  const { position, ...fields } = given;
  if (position === undefined) return sliceOfFields(fields);
  if (fields.from !== undefined) {
    throw invalid('"from" and "position" are two names of the same bound: use only one of them');
  }
  return sliceOfFields({ ...fields, from: position }, { names: { from: "position" } });
}

/** Lists of names, which are trimmed, and names by themselves, which may have a comma. */
function categoriesOf(query: URLSearchParams, single: readonly string[]): string[] | undefined {
  if (!query.has("categories") && single.length === 0) return undefined;
  const listed = query.getAll("categories").flatMap((list) => list.split(","));
  return [...listed.map((category) => category.trim()), ...single];
}

function read(kind: FieldKind, text: string): unknown {
  if (kind === "position") return parsePosition(text);
  if (kind === "integer") return parseInteger(text);
  if (kind === "number") return readNumber(text);
  return kind === "flag" ? readFlag(text) : text;
}

function readNumber(text: string): number {
  return /^\d*\.?\d+(e-?\d+)?$/i.test(text) ? Number(text) : NaN;
}

function readFlag(text: string): boolean | string {
  return text === "true" ? true : text === "false" ? false : text;
}

function invalid(problem: string): EventoDBError {
  return new EventoDBError("INVALID_REQUEST", `Cannot export: ${problem}`);
}
