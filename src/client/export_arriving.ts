/**
 * `GET /export`, and `POST /export` for what does not fit a URL: lines as the server sends them.
 *
 * @module
 */

import { exportBodyBytesMax } from "../limits.ts";
import { exportQueryCharsMax } from "./limits.ts";
import type { Slice } from "../slice/slice.ts";
import { sliceParameters } from "../slice/slice_parameters.ts";
import type { Transport, TransportRequest } from "./transport.ts";

/**
 * Asks for an export once.
 *
 * @param transport What sends requests.
 * @param slice Which messages. Beyond its bounds, only for a server whose features name `select`.
 * @param signal Ends it.
 * @returns The lines, in chunks cut anywhere.
 * @throws {EventoDBError} As the transport does.
 */
export async function* exportArriving(
  transport: Transport,
  slice: Slice,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const response = await transport.send({ ...requestFor("/export", slice), signal });
  try {
    yield* response.bytes();
  } finally {
    await response.close();
  }
}

/**
 * A request for a slice.
 *
 * @param endpoint `/export`, or `/related` for what is related.
 */
export function requestFor(endpoint: "/export" | "/related", slice: Slice): TransportRequest {
  // Compressing would be slower than any network that a server and its developers share.
  const headers = { "Accept-Encoding": "identity" };
  const path = `${endpoint}?${queryOf(slice)}`;
  // Every server that knows more than the bounds takes them as a body as well.
  if (path.length <= exportQueryCharsMax || !hasMoreThanBounds(slice)) {
    return { path, method: "GET", headers };
  }
  return {
    path: endpoint,
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json" },
    body: bodyOf(slice),
  };
}

/**
 * Whether a slice fits a request: a file may name more streams than one can hold.
 *
 * @returns Whether it does.
 */
export function fitsRequest(slice: Slice): boolean {
  return new TextEncoder().encode(bodyOf(slice)).length <= exportBodyBytesMax;
}

/** A caller may have handed over more than a slice. */
function bodyOf(slice: Slice): string {
  return JSON.stringify(
    Object.fromEntries(sliceParameters.map(([field]) => [field, slice[field]])),
  );
}

function hasMoreThanBounds(slice: Slice): boolean {
  return sliceParameters.some(([field, { use }]) => use !== "bound" && slice[field] !== undefined);
}

function queryOf(slice: Slice): URLSearchParams {
  const query = new URLSearchParams();
  const { categories } = slice;
  // A list is cut at its commas and its names are trimmed: others go by themselves.
  const isListed = (name: string) => !name.includes(",") && name.trim() === name;
  const listed = categories?.filter(isListed);
  if (listed !== undefined && listed.length > 0) query.set("categories", listed.join());
  for (const name of categories ?? []) if (!isListed(name)) query.append("category", name);
  for (const [field, { parameter }] of sliceParameters) {
    const value = slice[field];
    if (field === "categories" || value === undefined) continue;
    if (Array.isArray(value)) { for (const each of value) query.append(parameter, each); }
    else query.set(parameter, String(value));
  }
  return query;
}
