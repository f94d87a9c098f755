/**
 * What a request for an export asks for.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { excerpt } from "../excerpt.ts";
import { nameProblem } from "../names.ts";
import { parseWindow, type Window } from "../transfer/window.ts";

/** Which messages to export. */
export interface ExportParameters extends Window {
  /** Only these categories. Absent: all. */
  categories?: readonly string[];
  /** Lowest global position, inclusive. */
  from: number;
  /** Highest global position, inclusive. Absent: the highest that there is. */
  to?: number;
}

/**
 * Reads the query of `GET /export`.
 *
 * @param query The query.
 * @returns What is asked for.
 * @throws {EventoDBError} `INVALID_REQUEST`, naming the parameter.
 */
export function exportParametersOf(query: URLSearchParams): ExportParameters {
  return {
    categories: categoriesOf(query),
    from: positionOf(query, "position") ?? 1,
    to: positionOf(query, "to"),
    ...parseWindow({
      since: query.get("since") ?? undefined,
      until: query.get("until") ?? undefined,
    }),
  };
}

/** May be given several times, and name several at a time. */
function categoriesOf(query: URLSearchParams): string[] | undefined {
  if (!query.has("categories")) return undefined;
  const categories = query.getAll("categories").flatMap((list) => list.split(","));
  for (const category of categories) {
    const problem = nameProblem(category);
    if (problem !== null) throw invalid(`"categories" ${problem}`, category);
  }
  return categories;
}

function positionOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const position = /^-?\d+$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(position)) return position;
  throw invalid(`"${name}" must be an integer of at most 2^53 − 1`, text);
}

function invalid(problem: string, value: string): EventoDBError {
  const shown = JSON.stringify(excerpt(value));
  return new EventoDBError("INVALID_REQUEST", `Cannot export: ${problem}, got ${shown}`);
}
