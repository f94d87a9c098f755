/**
 * `GET /subscribe`: pokes as server-sent events, existing messages first, then live ones.
 *
 * @module
 */

import { bearerToken } from "../auth/authenticate.ts";
import { heartbeatMs } from "../limits.ts";
import { openFeed } from "../subscription/feed.ts";
import type { Poke } from "../subscription/poke.ts";
import type { Route, RouteContext } from "./route.ts";
import { subscribeQueryOf } from "./subscribe_query.ts";

const encoder = new TextEncoder();
const ready = encoder.encode(": ready\n\n");
const heartbeat = { value: encoder.encode(": still here\n\n"), everyMs: heartbeatMs };

/**
 * Makes the route.
 *
 * @param context What it works with.
 * @returns The route.
 */
export function subscribeRoute({ store, hub }: RouteContext): Route {
  const encode = pokeEncoder();
  return {
    path: "/subscribe",
    method: "GET",
    isOpenToAnyOrigin: true,
    async answer(exchange) {
      const { request: { headers }, url: { searchParams } } = exchange;
      // A browser's EventSource can send no headers.
      const token = bearerToken(headers.get("Authorization")) ??
        (searchParams.get("token") || null);
      const { namespace } = await exchange.authenticate(token);
      const query = subscribeQueryOf(searchParams, headers.get("Last-Event-ID"));
      const onEnd = exchange.keepOpen();
      const body = openFeed(store, hub, { ...query, namespace, encode, ready, heartbeat, onEnd });
      return new Response(body, {
        headers: {
          "Content-Type": "text/event-stream",
          "Cache-Control": "no-cache",
          "X-Accel-Buffering": "no",
        },
      });
    },
  };
}

/** A live poke goes to many subscribers one after another: its bytes are made once. */
function pokeEncoder(): (poke: Poke) => Uint8Array {
  let last: Poke | undefined;
  let bytes = new Uint8Array();
  return (poke) => {
    if (poke === last) return bytes;
    const { stream, position, globalPosition } = last = poke;
    const data = JSON.stringify({ stream, position, globalPosition });
    return bytes = encoder.encode(`event: poke\ndata: ${data}\nid: ${globalPosition}\n\n`);
  };
}
