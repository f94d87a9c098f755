/**
 * Whether a client takes gzip.
 *
 * @module
 */

import { acceptsEncodings } from "../deps/negotiation.ts";

/**
 * Whether a response may be compressed. Without the header none is asked for; `acceptsEncodings` would take the
 * first.
 *
 * @returns Whether it names gzip.
 */
export function acceptsGzip(request: Request): boolean {
  const header = request.headers.get("Accept-Encoding");
  if (!header) return false;
  // Another name of it, which `*` does not stand for (RFC 9110, 8.4.1.3).
  const gzip = /\bx-gzip\b/i.test(header) ? "x-gzip" : "gzip";
  return acceptsEncodings(request, gzip, "identity") === gzip;
}
