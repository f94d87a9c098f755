/**
 * `POST /rpc`: one call, one answer.
 *
 * @module
 */

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
  const { store, bodyStallMs, readerStallMs } = context;
  return {
    path: "/rpc",
    method: "POST",
    async answer(exchange) {
      const caller = await exchange.authenticate();
      const body = await readText(exchange, {
        bytesMax: rpcBodyBytesMax,
        stallMs: bodyStallMs,
      });
      const call = parseCall(body);
      exchange.rpcMethod = call.name;
      exchange.notable = call.method.changesNamespaces ?? false;
      return await jsonAnswer(exchange, await runCall(call, { store, caller }), readerStallMs);
    },
  };
}
