/**
 * How a request's body is compressed.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { excerpt } from "../excerpt.ts";

/**
 * Reads `Content-Encoding`.
 *
 * @param action What is to be done with the body, such as `import`, for messages.
 * @returns Whether it is gzip data; otherwise it is not compressed.
 * @throws {EventoDBError} `INVALID_REQUEST` (415) for any other encoding.
 */
export function isGzip({ headers }: Request, action: string): boolean {
  const encoding = headers.get("Content-Encoding")?.trim().toLowerCase() ?? "identity";
  if (encoding === "gzip" || encoding === "x-gzip") return true;
  if (encoding === "identity" || encoding === "") return false;
  throw new EventoDBError(
    "INVALID_REQUEST",
    `Cannot ${action} a body with Content-Encoding ${
      JSON.stringify(excerpt(encoding))
    }: only gzip is understood`,
    { status: 415 },
  );
}
