/**
 * What a request for an import asks for.
 *
 * @module
 */

import type { ImportMode } from "../store/store.ts";
import { Query } from "./query.ts";

/** How to import. */
export interface ImportParameters extends ImportMode {
  /** With `force`: no record at all empties the namespace. */
  allowEmpty: boolean;
}

/**
 * Reads the query of `POST /import`.
 *
 * @param parameters The query.
 * @returns What is asked for.
 * @throws {EventoDBError} `INVALID_REQUEST`, naming the parameter.
 */
export function importParametersOf(parameters: URLSearchParams): ImportParameters {
  const query = new Query(parameters, "import");
  query.checkKnown({ single: ["force", "existing", "allowEmpty"] });
  const force = query.flag("force");
  const existing = query.text("existing");
  if (existing !== undefined && existing !== "skip") {
    throw query.problem('"existing"', "must be skip", existing);
  }
  if (force && existing !== undefined) {
    throw query.invalid("force=true replaces what existing=skip would keep: use only one of them");
  }
  return { force, existing, allowEmpty: query.flag("allowEmpty") };
}
