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
import { Query } from "./query.ts";

/** The parameters that may be repeated, by the lists that they add to. */
const lists = {
  streams: "stream",
  types: "type",
  excludeCategories: "excludeCategory",
  excludeStreams: "excludeStream",
  excludeTypes: "excludeType",
  relatedTo: "relatedTo",
  stopAt: "stopAt",
  links: "link",
} as const satisfies Partial<Record<keyof Slice, string>>;

/** Those that have one value, by their fields, and how their text is read. */
const singles = {
  from: ["position", parsePosition],
  to: ["to", parsePosition],
  since: ["since", String],
  until: ["until", String],
  sample: ["sample", readNumber],
  direction: ["direction", String],
  depth: ["depth", parseInteger],
  eventsMax: ["eventsMax", parseInteger],
  windowOnly: ["windowOnly", readFlag],
} as const satisfies Partial<Record<keyof Slice, readonly [string, (text: string) => unknown]>>;

/**
 * Reads the query of `GET /export`.
 *
 * @returns What is asked for.
 * @throws {EventoDBError} `INVALID_REQUEST`, naming the parameter.
 */
export function sliceOfQuery(query: URLSearchParams): RequestedSlice {
  new Query(query, "export").checkKnown({
    single: Object.values(singles).map(([name]) => name),
    repeated: ["categories", "category", ...Object.values(lists)],
  });
  const single = query.getAll("category");
  // By itself first, so that what is wrong with it is said under its own name.
  if (single.length > 0) {
    sliceOfFields({ categories: single }, { names: { categories: "category" } });
  }
  const fields: Record<string, unknown> = { categories: categoriesOf(query, single) };
  for (const [field, name] of Object.entries(lists)) {
    if (query.has(name)) fields[field] = query.getAll(name);
  }
  for (const [field, [name, read]] of Object.entries(singles)) {
    const text = query.get(name);
    if (text === null) continue;
    const value = read(text);
    // What cannot be read is refused as it came.
    fields[field] = Number.isNaN(value) ? text : value;
  }
  return sliceOfFields(fields, { names: { ...lists, from: "position" } });
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

function readNumber(text: string): number {
  return /^\d*\.?\d+(e-?\d+)?$/i.test(text) ? Number(text) : NaN;
}

function readFlag(text: string): boolean | string {
  return text === "true" ? true : text === "false" ? false : text;
}

function invalid(problem: string): EventoDBError {
  return new EventoDBError("INVALID_REQUEST", `Cannot export: ${problem}`);
}
