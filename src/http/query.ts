/**
 * The query of a request that must not be misunderstood: what is mistyped, or given twice, does not
 * mean "everything".
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { excerpt } from "../excerpt.ts";

/** The parameters that an endpoint knows. A token may always be among them. */
export interface KnownParameters {
  /** Those that have one value. */
  single: readonly string[];
  /** Those that may be repeated. */
  repeated?: readonly string[];
}

/**
 * Refuses parameters that nobody would look at.
 *
 * @param query The query.
 * @param action What is asked for, such as `import`.
 * @param known The parameters that there are.
 * @throws {EventoDBError} `INVALID_REQUEST` for a parameter that is not known, or is given twice.
 */
export function checkParameters(
  query: URLSearchParams,
  action: string,
  { single, repeated = [] }: KnownParameters,
): void {
  const seen = new Set<string>();
  const once = [...single, "token"];
  for (const name of query.keys()) {
    if (repeated.includes(name)) continue;
    const shown = JSON.stringify(excerpt(name));
    if (!once.includes(name)) {
      const names = [...single, ...repeated].join(", ");
      throw invalid(action, `there is no parameter ${shown}. Its parameters are ${names}`);
    }
    if (seen.has(name)) throw invalid(action, `${shown} is given twice`);
    seen.add(name);
  }
}

function invalid(action: string, reason: string): EventoDBError {
  return new EventoDBError("INVALID_REQUEST", `Cannot ${action}: ${reason}`);
}
