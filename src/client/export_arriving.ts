/**
 * `GET /export`: lines as the server sends them.
 *
 * @module
 */

import type { Transport } from "./transport.ts";

/** Which messages a server is to export, in ascending global position. */
export interface ExportRequest {
  /** Only these categories. Absent: all. */
  categories?: readonly string[];
  /** Only messages at or after this time. */
  since?: string;
  /** Only messages before this time. */
  until?: string;
  /** Lowest global position, inclusive. */
  position?: number;
  /** Highest global position, inclusive. Absent: the highest when the export begins. */
  to?: number;
}

/**
 * Asks for an export once.
 *
 * @param transport What sends requests.
 * @param request Which messages.
 * @param signal Ends it.
 * @returns The lines, in chunks cut anywhere.
 * @throws {EventoDBError} As the transport does.
 */
export async function* exportArriving(
  transport: Transport,
  request: ExportRequest,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const query = new URLSearchParams();
  const { categories, ...rest } = request;
  // A list is cut at its commas and its names are trimmed: others go by themselves.
  const isListed = (name: string) => !name.includes(",") && name.trim() === name;
  const listed = categories?.filter(isListed);
  if (listed !== undefined && listed.length > 0) query.set("categories", listed.join());
  for (const name of categories ?? []) if (!isListed(name)) query.append("category", name);
  for (const [name, value] of Object.entries(rest)) {
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
