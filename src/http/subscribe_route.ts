/**
 * `GET /subscribe`: pokes as server-sent events, existing messages first, then live ones.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { heartbeatMs } from "../limits.ts";
import { openFeed } from "../subscription/feed.ts";
import type { Poke } from "../message.ts";
import type { Exchange } from "./request_context.ts";
import type { Route, RouteContext } from "./route.ts";
import { subscribeQueryOf } from "./subscribe_query.ts";

const encoder = new TextEncoder();
const ready = encoder.encode(": ready\n\n");
const heartbeat = { value: encoder.encode(": still here\n\n"), everyMs: heartbeatMs };

/**
 * Makes the route.
 *
 * @param context What it works with.
 */
export function subscribeRoute({ store, hub }: RouteContext): Route {
  const encode = pokeEncoder();
  return {
    path: "/subscribe",
    method: "GET",
    isOpenToAnyOrigin: true,
    async respond(exchange) {
      const { request: { headers }, url: { searchParams } } = exchange;
      const { namespace } = await exchange.authenticate();
      const query = subscribeQueryOf(searchParams, headers.get("Last-Event-ID"));
      const next = query.fromNow
        ? (await store.namespaceInfo(namespace)).globalPosition + 1
        : query.from;
      const body = openFeed(store, hub, {
        namespace,
        subject: query.subject,
        from: query.from,
        fromGlobal: query.fromGlobal,
        next,
        encode,
        first: query.fromNow ? [ready, placeEvent(next - 1)] : [ready],
        heartbeat,
        isAllowed: () => isStillAllowed(exchange),
        onEnd: exchange.keepOpen(),
      });
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

/** Whether a token still opens its namespace: another server may have replaced it. */
async function isStillAllowed(exchange: Exchange): Promise<boolean> {
  try {
    await exchange.authenticate();
    return true;
  } catch (error) {
    // Unknown while the database is unavailable.
    return !(error instanceof EventoDBError && error.code === "AUTH_UNAUTHORIZED");
  }
}

/** An event without data: all that it has is the id that a client is to send as `Last-Event-ID`. */
function placeEvent(globalPosition: number): Uint8Array {
  return encoder.encode(`id: ${globalPosition}\n\n`);
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
