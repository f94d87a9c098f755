/**
 * `GET /export` and `POST /export`: a slice of a namespace as NDJSON, in one response.
 *
 * @module
 */

import { exportFirstLineMs, exportHeartbeatMs, relatedFirstMs } from "./limits.ts";
import { gzip } from "../gzip.ts";
import { SliceFilter } from "../slice/slice_filter.ts";
import type { Store } from "../store/store.ts";
import { followLinks } from "../transfer/reading/follow_links.ts";
import { type BoundSlice, storeLines } from "../transfer/reading/store_lines.ts";
import type { StoreSource } from "../transfer/sources/store_source.ts";
import { acceptsGzip } from "./accepts_gzip.ts";
import { begun, sliceOf, sourceOf } from "./export_request.ts";
import type { Route, RouteContext } from "./route.ts";
import { sendText } from "./send.ts";

/**
 * Makes the route.
 *
 * @param context What it works with.
 */
export function exportRoute(context: RouteContext): Route {
  const { store, readerStallMs } = context;
  return {
    path: "/export",
    method: "GET or POST",
    async respond(exchange) {
      const { namespace } = await exchange.authenticate();
      const slice = await sliceOf(exchange, context);
      const { globalPosition } = await store.namespaceInfo(namespace);
      const to = Math.min(slice.to ?? Infinity, globalPosition);
      const gone = new AbortController();
      const isRelated = slice.relatedTo !== undefined;
      const isChosen = isRelated || SliceFilter.of(slice) !== undefined;
      const bound = { ...slice, to };
      const signal = AbortSignal.any([exchange.signal, gone.signal]);
      const lines = isRelated
        ? relatedLines(store, namespace, sourceOf(context, namespace), { ...bound, signal })
        : storeLines(store, namespace, bound);
      const body = sendText(
        await begun(lines, {
          firstMs: isRelated ? relatedFirstMs : exportFirstLineMs,
          heartbeatMs: isChosen ? exportHeartbeatMs : undefined,
          gone,
        }),
        { stallMs: readerStallMs, signal: exchange.signal, onEnd: exchange.keepOpen() },
      );
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

/** The lines of what is related. */
async function* relatedLines(
  store: Store,
  namespace: string,
  source: StoreSource,
  slice: BoundSlice & { signal: AbortSignal },
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const { slice: followed } = await followLinks(source, slice, slice.to);
  yield* storeLines(store, namespace, { ...followed, from: slice.from, to: slice.to });
}
