/**
 * A consumer whose position lies above everything that its namespace holds.
 *
 * @module
 */

import type { EventoDBClient } from "../client/client.ts";
import { EventoDBError } from "../errors.ts";

/**
 * Makes sure that a position is not above the highest of the namespace: what is written there from now on,
 * up to that position, would never be handled.
 *
 * @param client The server.
 * @param position The position after which a consumer begins.
 * @param signal Ends the asking.
 * @throws {EventoDBError} `POSITION_AHEAD` with `details: { position, globalPosition }`; the second is
 * `null` where the server does not report it.
 */
export async function refuseAhead(
  client: EventoDBClient,
  position: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const highest = await highestPosition(client, signal);
  if (highest !== null ? position <= highest : await hasFrom(client, position, signal)) return;
  throw new EventoDBError(
    "POSITION_AHEAD",
    `Cannot consume after global position ${position}: ` +
      (highest === null
        ? "the namespace has no message from there on"
        : `the highest of the namespace is ${highest}`) +
      ". What is written from now on up to that position would be skipped. The position belongs to " +
      "another event store, or was copied after the events: copy the service's database first, then " +
      'export and import. Or wait for the namespace to get there, with onAhead: "wait"',
    { details: { position, globalPosition: highest } },
  );
}

/** What `ns.info` says; `null` where it does not. */
async function highestPosition(
  client: EventoDBClient,
  signal: AbortSignal | undefined,
): Promise<number | null> {
  if (client.namespace === null) return null;
  try {
    return (await client.namespaceInfo(client.namespace, { signal })).globalPosition ?? null;
  } catch (error) {
    const isUnknown = error instanceof EventoDBError &&
      (error.code === "METHOD_NOT_FOUND" || error.code === "AUTH_UNAUTHORIZED");
    // What is really refused is refused by the next call as well.
    if (isUnknown) return null;
    throw error;
  }
}

/** Whether there is any message from a position on, for servers that do not report the highest. */
async function hasFrom(
  client: EventoDBClient,
  position: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const options = { position, batchSize: 1, raw: true, signal } as const;
  return (await client.categoryGet("", options)).length > 0;
}
