/**
 * `GET /health`: whether the server responds.
 *
 * @module
 */

import type { Route } from "./route.ts";

/** The route. */
export const healthRoute: Route = {
  path: "/health",
  method: "GET",
  isOpenToAnyHost: true,
  respond: () => Response.json({ status: "ok" }, { headers: { "Cache-Control": "no-store" } }),
};
