/**
 * Cross-origin requests: a browser may call from the origins that the operator has named, and from
 * nowhere else.
 *
 * @module
 */

import { preflightSeconds } from "./limits.ts";

/** Responds to browsers that come from other origins. */
export class Cors {
  readonly #origins: ReadonlySet<string>;

  /** @param origins Origins such as `http://localhost:5173`; `*` stands for any. */
  constructor(origins: readonly string[]) {
    this.#origins = new Set(origins);
  }

  /** Whether a request comes from an origin that was named. */
  allows(request: Request): boolean {
    const origin = request.headers.get("Origin");
    return origin !== null && (this.#origins.has(origin) || this.#origins.has("*"));
  }

  /**
   * Responds to a preflight.
   *
   * @param request The `OPTIONS` request.
   * @param methods What its path takes.
   * @returns The response, to be marked as all are, or `null` when the request is not a preflight from an
   * origin that was named.
   */
  preflight(request: Request, methods: readonly string[]): Response | null {
    if (!request.headers.has("Access-Control-Request-Method") || !this.allows(request)) return null;
    const headers: Record<string, string> = {
      "Access-Control-Allow-Methods": methods.join(", "),
      "Access-Control-Allow-Headers":
        "Authorization, Content-Type, Content-Encoding, Cache-Control, Last-Event-ID",
      "Access-Control-Max-Age": String(preflightSeconds),
    };
    // A page of the public web asks more before it may call a machine of its reader's network.
    if (request.headers.get("Access-Control-Request-Private-Network") === "true") {
      headers["Access-Control-Allow-Private-Network"] = "true";
    }
    return new Response(null, { status: 204, headers });
  }

  /**
   * Marks a response as one that the request's origin may read.
   *
   * @returns The same response.
   */
  mark(request: Request, response: Response): Response {
    // Where no origin was named there is nothing to look for in the headers, which takes a while.
    if (this.#origins.size === 0) return response;
    const { headers } = response;
    headers.append("Vary", "Origin");
    if (this.allows(request) && !headers.has("Access-Control-Allow-Origin")) {
      headers.set("Access-Control-Allow-Origin", request.headers.get("Origin")!);
      headers.set(
        "Access-Control-Expose-Headers",
        "X-EventoDB-Token, X-EventoDB-Global-Position, Retry-After",
      );
    }
    return response;
  }
}
