/**
 * What a request for an export asks for.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { excerpt } from "../excerpt.ts";
import { nameProblem } from "../names.ts";
import type { SliceBounds } from "../slice/slice.ts";
import { parseWindow } from "../slice/window.ts";
import { checkParameters } from "./query.ts";
import { readPosition } from "./query_integer.ts";

/**
 * Reads the query of `GET /export`.
 *
 * @param query The query.
 * @returns What is asked for.
 * @throws {EventoDBError} `INVALID_REQUEST`, naming the parameter.
 */
export function exportedSlice(query: URLSearchParams): SliceBounds & { from: number } {
  checkParameters(query, "export", {
    single: ["position", "to", "since", "until"],
    repeated: ["categories", "category"],
  });
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

/** Lists of names, which are trimmed, and names by themselves, which may have a comma. */
function categoriesOf(query: URLSearchParams): string[] | undefined {
  if (!query.has("categories") && !query.has("category")) return undefined;
  const listed = query.getAll("categories").flatMap((list) => list.split(","))
    .map((category) => category.trim());
  const single = query.getAll("category");
  for (const [name, categories] of [["categories", listed], ["category", single]] as const) {
    for (const category of categories) {
      const problem = nameProblem(category);
      if (problem !== null) throw invalid(`"${name}" ${problem}`, category);
    }
  }
  return [...listed, ...single];
}

function positionOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const position = readPosition(text);
  if (position !== undefined) return position;
  throw invalid(`"${name}" must be an integer of at most 2^53 − 1`, text);
}

function invalid(problem: string, value: string): EventoDBError {
  const shown = JSON.stringify(excerpt(value));
  return new EventoDBError("INVALID_REQUEST", `Cannot export: ${problem}, got ${shown}`);
}
