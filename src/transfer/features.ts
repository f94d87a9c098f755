/**
 * What a server offers beyond what all do.
 *
 * @module
 */

import type { EventoDBClient } from "../client/client.ts";
import { EventoDBError } from "../errors.ts";

/**
 * Asks for a server's features.
 *
 * @param client The server.
 * @param signal Ends the asking.
 * @returns Their names; none of a server that does not report them.
 * @throws {EventoDBError} The server cannot be reached, or is not an EventoDB server.
 */
export async function featuresOf(
  client: EventoDBClient,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  try {
    return (await client.version({ signal })).features;
  } catch (error) {
    const isUnknown = error instanceof EventoDBError &&
      (error.status === 404 || error.details?.status === 404);
    // Below a path it is more likely that the path is wrong.
    if (isUnknown && new URL(client.url).pathname === "/") return [];
    throw error;
  }
}
