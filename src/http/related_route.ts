/**
 * `GET /related` and `POST /related`: which streams are related to some, and why, without their events.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { exportHeartbeatMs, relatedFirstMs } from "./limits.ts";
import type { Slice } from "../slice/slice.ts";
import { followLinks } from "../transfer/reading/follow_links.ts";
import type { StoreSource } from "../transfer/sources/store_source.ts";
import { errorBody, publicError } from "./errors.ts";
import { begun, sliceOf, sourceOf } from "./export_request.ts";
import type { Route, RouteContext } from "./route.ts";
import { sendText } from "./send.ts";

/**
 * Makes the route.
 *
 * @param context What it works with.
 */
export function relatedRoute(context: RouteContext): Route {
  const { store, readerStallMs } = context;
  return {
    path: "/related",
    method: "GET or POST",
    async respond(exchange) {
      const { namespace } = await exchange.authenticate();
      const slice = await sliceOf(exchange, context);
      if (slice.relatedTo === undefined) throw withoutRoots();
      const { globalPosition } = await store.namespaceInfo(namespace);
      const to = Math.min(slice.to ?? Infinity, globalPosition);
      const gone = new AbortController();
      const signal = AbortSignal.any([exchange.signal, gone.signal]);
      let hasBegun = false;
      const pages = relatedText(
        sourceOf(context, namespace),
        { ...slice, to, signal },
        () => hasBegun,
      );
      const text = await begun(pages, {
        firstMs: relatedFirstMs,
        heartbeatMs: exportHeartbeatMs,
        gone,
      });
      hasBegun = true;
      const body = sendText(text, {
        stallMs: readerStallMs,
        signal: exchange.signal,
        onEnd: exchange.keepOpen(),
      });
      return new Response(body, {
        headers: { "Content-Type": "application/json", "Cache-Control": "no-store" },
      });
    },
  };
}

/** JSON. What goes wrong once the response has begun stands in it: white space before it does no harm. */
async function* relatedText(
  source: StoreSource,
  slice: Slice & { to: number; signal: AbortSignal },
  hasBegun: () => boolean,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  let text: string;
  try {
    const { closure: { streams, ...rest } } = await followLinks(source, slice, slice.to);
    text = JSON.stringify({ globalPosition: slice.to, ...rest, streams: [...streams] });
  } catch (error) {
    if (!hasBegun()) throw error;
    text = JSON.stringify(errorBody(publicError(error)));
  }
  yield new TextEncoder().encode(`${text}\n`);
}

function withoutRoots(): EventoDBError {
  return new EventoDBError(
    "INVALID_REQUEST",
    'Cannot find what is related: "relatedTo" has to say to which streams',
  );
}
