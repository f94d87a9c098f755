/**
 * What a request for an import asks for.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { excerpt } from "../excerpt.ts";
import type { ImportMode } from "../store/store.ts";
import { checkParameters } from "./query.ts";

/** How to import. */
export interface ImportParameters extends ImportMode {
  /** With `force`: no record at all empties the namespace. */
  allowEmpty: boolean;
}

/**
 * Reads the query of `POST /import`.
 *
 * @param query The query.
 * @returns What is asked for.
 * @throws {EventoDBError} `INVALID_REQUEST`, naming the parameter.
 */
export function importParametersOf(query: URLSearchParams): ImportParameters {
  checkParameters(query, "import", { single: ["force", "existing", "allowEmpty"] });
  const force = flagOf(query, "force");
  const existing = query.get("existing");
  if (existing !== null && existing !== "skip") {
    throw invalid(`"existing" must be skip, got ${JSON.stringify(excerpt(existing))}`);
  }
  if (force && existing !== null) {
    throw invalid("force=true replaces what existing=skip would keep: use only one of them");
  }
  return { force, existing: existing ?? undefined, allowEmpty: flagOf(query, "allowEmpty") };
}

function flagOf(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  if (value === null || value === "false") return false;
  if (value === "true") return true;
  throw invalid(`"${name}" must be true or false, got ${JSON.stringify(excerpt(value))}`);
}

function invalid(reason: string): EventoDBError {
  return new EventoDBError("INVALID_REQUEST", `Cannot import: ${reason}`);
}
