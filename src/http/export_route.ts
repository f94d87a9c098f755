/**
 * `GET /export` and `POST /export`: a slice of a namespace as NDJSON, in one answer.
 *
 * @module
 */

import { acceptsEncodings } from "../deps/negotiation.ts";
import { EventoDBError } from "../errors.ts";
import { exportBodyBytesMax, exportFirstLineMs, exportHeartbeatMs } from "../limits.ts";
import { SliceFilter } from "../slice/slice_filter.ts";
import { storeLines } from "../transfer/reading/store_lines.ts";
import { within } from "../waiting.ts";
import { decodeText, readBytes } from "./body.ts";
import type { ExportedSlice } from "./export_fields.ts";
import { sliceOfBody, sliceOfQuery } from "./export_query.ts";
import { withHeartbeat } from "./heartbeat.ts";
import type { Exchange } from "./request_context.ts";
import { gzip } from "../gzip.ts";
import type { Route, RouteContext } from "./route.ts";
import { sendText } from "./send.ts";

/**
 * Makes the route.
 *
 * @param context What it works with.
 * @returns The route.
 */
export function exportRoute(context: RouteContext): Route {
  const { store, readerStallMs } = context;
  return {
    path: "/export",
    method: "GET or POST",
    async answer(exchange) {
      const { namespace } = await exchange.authenticate();
      const slice = await sliceOf(exchange, context);
      if (slice.relatedTo !== undefined) throw cannotRelate();
      const { globalPosition } = await store.namespaceInfo(namespace);
      const to = Math.min(slice.to ?? Infinity, globalPosition);
      const lines = storeLines(store, namespace, { ...slice, to });
      const isFiltered = SliceFilter.of(slice) !== undefined;
      const body = sendText(await begun(lines, isFiltered ? exportHeartbeatMs : Infinity), {
        stallMs: readerStallMs,
        signal: exchange.signal,
        onEnd: exchange.keepOpen(),
      });
      const headers = {
        "Content-Type": "application/x-ndjson",
        "Cache-Control": "no-store",
        "Vary": "Accept-Encoding",
        "X-EventoDB-Global-Position": String(to),
      };
      if (!acceptsGzip(exchange.request)) return new Response(body, { headers });
      return new Response(gzip(body), {
        headers: { ...headers, "Content-Encoding": "gzip" },
      });
    },
  };
}

/** What is asked for: in the query, or in the body where that is too short. */
async function sliceOf(exchange: Exchange, context: RouteContext): Promise<ExportedSlice> {
  const { searchParams } = exchange.url;
  if (exchange.request.method !== "POST") return sliceOfQuery(searchParams);
  const { largeBodies, bodyStallMs } = context;
  using memory = new DisposableStack();
  const bytes = await readBytes(
    exchange,
    { bytesMax: exportBodyBytesMax, stallMs: bodyStallMs },
    async (asked) => memory.use(await largeBodies.received.take(exchange.signal, asked)),
  );
  return sliceOfBody(searchParams, decodeText(bytes));
}

function cannotRelate(): EventoDBError {
  return new EventoDBError(
    "INVALID_REQUEST",
    'Cannot export: this server does not follow links, and has no feature "relate"',
  );
}

/**
 * Waits a little for the first lines, so that what fails at once is an error of its own, and not an
 * answer that is cut. Not for ever: a filter may look for its first match for long, and a client that
 * hears nothing takes the server for dead.
 */
async function begun(
  lines: AsyncGenerator<Uint8Array<ArrayBuffer>, void>,
  heartbeatMs: number,
): Promise<AsyncIterator<Uint8Array<ArrayBuffer>, void>> {
  const some = heartbeatMs === Infinity ? lines : withHeartbeat(lines, heartbeatMs);
  const first = some.next();
  await within(first, exportFirstLineMs);
  first.catch(() => {});
  let isFirst = true;
  return {
    next() {
      if (!isFirst) return some.next();
      isFirst = false;
      return first;
    },
    return: async () => await some.return?.() ?? { done: true, value: undefined },
  };
}

/** Whether a client takes gzip. Without the header none is asked for; `acceptsEncodings` would take the first. */
function acceptsGzip(request: Request): boolean {
  const header = request.headers.get("Accept-Encoding");
  if (!header) return false;
  // Another name of it, which `*` does not stand for (RFC 9110, 8.4.1.3).
  const gzip = /\bx-gzip\b/i.test(header) ? "x-gzip" : "gzip";
  return acceptsEncodings(request, gzip, "identity") === gzip;
}
