/**
 * `GET /version`, which needs no token.
 *
 * @module
 */

import { versionCharsMax } from "./limits.ts";
import type { ServerVersion } from "./server_facts.ts";
import type { Transport } from "./transport.ts";

/**
 * Asks for the server's version and features.
 *
 * @throws {EventoDBError} The server's error; `CONNECTION_FAILED`; `UNEXPECTED_ANSWER`.
 */
export async function serverVersion(
  transport: Transport,
  signal: AbortSignal | undefined,
): Promise<ServerVersion> {
  return await transport.exchange({ path: "/version", method: "GET", signal }, async (response) => {
    const body = await response.text(versionCharsMax);
    const value = parseVersion(body);
    if (value === null) throw response.unexpected(body);
    return value;
  });
}

/** A server without features names none. */
function parseVersion(body: string): ServerVersion | null {
  let value: { version?: unknown; features?: unknown } | null;
  try {
    value = JSON.parse(body);
  } catch {
    return null;
  }
  if (typeof value?.version !== "string") return null;
  const features = Array.isArray(value.features) ? value.features.map(String) : [];
  return { version: value.version, features };
}
