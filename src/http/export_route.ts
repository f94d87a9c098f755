/**
 * `GET /export`: a slice of a namespace as NDJSON, in one answer.
 *
 * @module
 */

import { exportFirstLineMs } from "../limits.ts";
import { formatRecords } from "../record/format.ts";
import type { MessageQuery, Store } from "../store/store.ts";
import { exportedSlice } from "./export_query.ts";
import { gzip } from "../gzip.ts";
import type { Route, RouteContext } from "./route.ts";
import { sendText } from "./send.ts";

/**
 * Makes the route.
 *
 * @param context What it works with.
 * @returns The route.
 */
export function exportRoute({ store, readerStallMs }: RouteContext): Route {
  return {
    path: "/export",
    method: "GET",
    async answer(exchange) {
      const { namespace } = await exchange.authenticate();
      const query = exportedSlice(exchange.url.searchParams);
      const { globalPosition } = await store.namespaceInfo(namespace);
      const to = Math.min(query.to ?? Infinity, globalPosition);
      const lines = linesOf(store, namespace, { ...query, to, limit: Infinity });
      const body = sendText(await begun(lines), {
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
      if (!acceptsGzip(exchange.request.headers)) return new Response(body, { headers });
      return new Response(gzip(body), {
        headers: { ...headers, "Content-Encoding": "gzip" },
      });
    },
  };
}

/** The lines of an export: as the store makes them, or of the messages that it reads. */
async function* linesOf(
  store: Store,
  namespace: string,
  query: MessageQuery,
): AsyncGenerator<string | Uint8Array<ArrayBuffer>> {
  if (store.readLines !== undefined) return yield* store.readLines(namespace, query);
  for await (const page of store.readMessages(namespace, query)) yield formatRecords(page);
}

/**
 * Waits a little for the first lines, so that what fails at once is an error of its own, and not an
 * answer that is cut. Not for ever: a filter may look for its first match for long, and a client that
 * hears nothing takes the server for dead.
 */
async function begun<T>(lines: AsyncGenerator<T>): Promise<AsyncIterator<T>> {
  const first = lines.next();
  const { promise: waited, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, exportFirstLineMs);
  try {
    await Promise.race([first, waited]);
  } finally {
    clearTimeout(timer);
  }
  first.catch(() => {});
  let isFirst = true;
  return {
    next() {
      if (!isFirst) return lines.next();
      isFirst = false;
      return first;
    },
    return: () => lines.return(undefined),
  };
}

/** Whether a client can read gzip: named, or covered by `*`, and not with `q=0`. */
function acceptsGzip(headers: Headers): boolean {
  const weights = new Map<string, number>();
  for (const part of (headers.get("Accept-Encoding") ?? "").toLowerCase().split(",")) {
    const [coding = "", ...parameters] = part.split(";").map((text) => text.trim());
    const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
    weights.set(coding, weight === undefined ? 1 : Number(weight));
  }
  return (weights.get("gzip") ?? weights.get("x-gzip") ?? weights.get("*") ?? 0) > 0;
}
