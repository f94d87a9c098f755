/**
 * `POST /rpc`: one call, one answer.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { excerpt } from "../excerpt.ts";
import { rpcBodyBytesMax } from "../limits.ts";
import { parseCall, runCall } from "../rpc/call.ts";
import { jsonAnswer } from "./answer.ts";
import { readText } from "./body.ts";
import type { Route, RouteContext } from "./route.ts";

/**
 * Makes the route.
 *
 * @param context What it works with.
 * @returns The route.
 */
export function rpcRoute(context: RouteContext): Route {
  const { store, hub, bodyStallMs, readerStallMs } = context;
  const onTokenReplaced = (namespace: string) => hub.end(namespace);
  return {
    path: "/rpc",
    method: "POST",
    async answer(exchange) {
      const caller = await exchange.authenticate();
      refuseEncoded(exchange.request);
      const body = await readText(exchange, {
        bytesMax: rpcBodyBytesMax,
        stallMs: bodyStallMs,
      });
      const call = parseCall(body);
      exchange.rpcMethod = call.name;
      exchange.notable = call.method.changesNamespaces ?? false;
      return await jsonAnswer(
        exchange,
        await runCall(call, { store, caller, onTokenReplaced }),
        readerStallMs,
      );
    },
  };
}

/** Compressed bytes would only be called no UTF-8, which helps nobody. */
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
