/**
 * `GET /version`: which version this is, and what it can do beyond the servers already in use.
 *
 * @module
 */

import { version } from "../version.ts";
import type { Route } from "./route.ts";

/** What a client may use here, by the names of PROTOCOL.md. */
const features = ["import-atomic", "import-gzip", "export", "select", "relate", "search", "verify"];

/** The route. */
export const versionRoute: Route = {
  path: "/version",
  method: "GET",
  isOpenToAnyHost: true,
  respond: () => Response.json({ version, features }, { headers: { "Cache-Control": "no-store" } }),
};
