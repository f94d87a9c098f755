/**
 * `GET /export`: lines as the server sends them.
 *
 * @module
 */

import type { SliceBounds } from "../slice/slice.ts";
import type { Transport } from "./transport.ts";

/**
 * Asks for an export once.
 *
 * @param transport What sends requests.
 * @param bounds Which messages.
 * @param signal Ends it.
 * @returns The lines, in chunks cut anywhere.
 * @throws {EventoDBError} As the transport does.
 */
export async function* exportArriving(
  transport: Transport,
  bounds: SliceBounds,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const query = new URLSearchParams();
  const { categories, since, until, from: position, to } = bounds;
  // A list is cut at its commas and its names are trimmed: others go by themselves.
  const isListed = (name: string) => !name.includes(",") && name.trim() === name;
  const listed = categories?.filter(isListed);
  if (listed !== undefined && listed.length > 0) query.set("categories", listed.join());
  for (const name of categories ?? []) if (!isListed(name)) query.append("category", name);
  for (const [name, value] of Object.entries({ since, until, position, to })) {
    if (value !== undefined) query.set(name, String(value));
  }
  const answer = await transport.send({
    path: `/export?${query}`,
    method: "GET",
    // Compressing would be slower than any network that a server and its developers share.
    headers: { "Accept-Encoding": "identity" },
    signal,
  });
  try {
    yield* answer.bytes();
  } finally {
    await answer.close();
  }
}
