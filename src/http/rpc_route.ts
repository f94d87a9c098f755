/**
 * `POST /rpc`: one call, one response.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { excerpt } from "../excerpt.ts";
import { rpcBodyBytesMax } from "../limits.ts";
import { smallBodyBytesMax } from "./limits.ts";
import { parseCall, runCall } from "../rpc/call.ts";
import { searchSlots } from "../rpc/search_methods.ts";
import { TimeSlice } from "../tick.ts";
import { jsonResponse } from "./json_response.ts";
import { decodeText, readBytes } from "./body.ts";
import type { Route, RouteContext } from "./route.ts";

/**
 * Makes the route.
 *
 * @param context What it works with.
 */
export function rpcRoute(context: RouteContext): Route {
  const { store, hub, bodyStallMs, readerStallMs, largeBodies } = context;
  const searches = searchSlots();
  const onTokenReplaced = (namespace: string) => hub.end(namespace);
  return {
    path: "/rpc",
    method: "POST",
    async respond(exchange) {
      const caller = await exchange.authenticate();
      refuseEncoded(exchange.request);
      const bounds = { bytesMax: rpcBodyBytesMax, stallMs: bodyStallMs };
      using memory = new DisposableStack();
      let bytes: Uint8Array | undefined = await readBytes(
        exchange,
        bounds,
        async (asked) => memory.use(await largeBodies.received.take(exchange.signal, asked)),
      );
      using _work = bytes.length <= smallBodyBytesMax
        ? undefined
        : await largeBodies.handled.take(exchange.signal, { weight: bytes.length });
      const slice = new TimeSlice();
      const call = parseCall(decodeText(bytes));
      // What is not needed while the call runs leaves its memory to the next one.
      bytes = undefined;
      memory.dispose();
      if (slice.isOver) await slice.next();
      exchange.rpcMethod = call.name;
      exchange.notable = call.method.changesNamespaces ?? false;
      return await jsonResponse(
        exchange,
        await runCall(call, { store, caller, searches, onTokenReplaced }),
        readerStallMs,
      );
    },
  };
}

/** Compressed bytes would only be refused as invalid UTF-8, which is misleading. */
function refuseEncoded({ headers }: Request): void {
  const encoding = headers.get("Content-Encoding")?.trim().toLowerCase() ?? "";
  if (encoding === "" || encoding === "identity") return;
  throw new EventoDBError(
    "INVALID_REQUEST",
    `Cannot read a call with Content-Encoding ${JSON.stringify(excerpt(encoding))}: ` +
      "send it uncompressed",
    { status: 415 },
  );
}
