/**
 * Where a server's namespace ends.
 *
 * @module
 */

import type { EventoDBClient } from "../../client/client.ts";
import { EventoDBError } from "../../errors.ts";

/**
 * Asks `ns.info` for the highest global position that a reader can see now.
 *
 * @param client The server, with a token.
 * @param namespace The token's namespace; `null` where it is not known.
 * @param signal Ends the asking.
 * @returns The position, 0 for none; `null` where the server does not report it, as those written in Go.
 */
export async function lastVisiblePosition(
  client: EventoDBClient,
  namespace: string | null,
  signal?: AbortSignal,
): Promise<number | null> {
  if (namespace === null) return null;
  try {
    return (await client.namespaceInfo(namespace, { signal })).globalPosition ?? null;
  } catch (error) {
    if (error instanceof EventoDBError && error.code === "METHOD_NOT_FOUND") return null;
    throw error;
  }
}
