/**
 * `GET /related`, and `POST /related` for what does not fit a URL: which streams belong together.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { isRecord } from "../json/is_record.ts";
import type { Closure } from "../slice/closure/closure_result.ts";
import type { Slice } from "../slice/slice.ts";
import { isString } from "./checks.ts";
import { requestFor } from "./export_arriving.ts";
import type { Transport } from "./transport.ts";

/** Streams that belong together, as a server reports them. */
export interface RelatedStreams extends Omit<Closure, "streams"> {
  /** Their names. */
  streams: string[];
  /** The highest global position that was looked at. */
  globalPosition: number;
}

/**
 * Asks for what is related once.
 *
 * @param transport What sends requests.
 * @param slice Which streams, and how far to go from them.
 * @param signal Ends it.
 * @returns The streams.
 * @throws {EventoDBError} The server's error, also where the response had begun before it was known.
 */
export function related(
  transport: Transport,
  slice: Slice,
  signal?: AbortSignal,
): Promise<RelatedStreams> {
  return transport.exchange({ ...requestFor("/related", slice), signal }, async (response) => {
    const value = await response.json(isResponse);
    if ("error" in value) throw errorOf(value.error);
    return value;
  });
}

function isResponse(
  value: unknown,
): value is RelatedStreams | { error: Record<string, unknown> } {
  if (!isRecord(value)) return false;
  if (isRecord(value.error)) return true;
  const { streams, events } = value;
  return Array.isArray(streams) && streams.every(isString) && typeof events === "number";
}

function errorOf({ code, message, details }: Record<string, unknown>): EventoDBError {
  return EventoDBError.withCode(String(code), String(message), {
    details: isRecord(details) ? details : undefined,
  });
}
