/**
 * `GET /ui`: the web page, and the files that it loads.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import type { PageBundle, PageFile } from "../page/bundle.ts";
import { acceptsGzip } from "./accepts_gzip.ts";
import type { Exchange } from "./request_context.ts";
import type { Route } from "./route.ts";

/**
 * What the page may do: load its own files and call its own server. Payloads are somebody else's text; whatever they
 * hold, nothing inline runs, nothing is fetched from elsewhere, and nobody shows the page in a frame.
 */
const securityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const securityHeaders = {
  "Content-Security-Policy": securityPolicy,
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** Kept only as long as it is asked for: on this port there may be something else tomorrow. */
const toDocument = { Location: "../ui", "Cache-Control": "no-cache" };

/** Makes the route. The page is loaded when a browser first asks for it. */
export function uiRoute(): Route {
  let page: Promise<PageBundle> | undefined;
  return {
    path: "/ui",
    method: "GET",
    isFolder: true,
    isPage: true,
    async respond(exchange) {
      page ??= loadPage();
      const { document, files } = await page;
      const path = exchange.path.slice("/ui".length);
      if (path === "") return fileResponse(exchange, document, "no-cache");
      // What the document names is relative to its own address.
      if (path === "/") return new Response(null, { status: 308, headers: toDocument });
      const file = files.get(path.slice(1));
      if (file !== undefined) {
        return fileResponse(exchange, file, "public, max-age=31536000, immutable");
      }
      throw new EventoDBError(
        "NOT_FOUND",
        "The page has no such file. It may be of another version of the server: load the page again",
      );
    },
  };
}

async function loadPage(): Promise<PageBundle> {
  const { page } = await import("../page/files.ts");
  return page;
}

function fileResponse({ request }: Exchange, file: PageFile, cacheControl: string): Response {
  const headers = new Headers({
    ...securityHeaders,
    "Content-Type": file.type,
    "Cache-Control": cacheControl,
    "ETag": file.etag,
    "Vary": "Accept-Encoding",
  });
  if (isKnown(request.headers.get("If-None-Match"), file.etag)) {
    return new Response(null, { status: 304, headers });
  }
  const isCompressed = acceptsGzip(request);
  const bytes = isCompressed ? file.gzip : file.bytes;
  if (isCompressed) headers.set("Content-Encoding", "gzip");
  headers.set("Content-Length", String(bytes.length));
  return new Response(bytes, { headers });
}

/** Whether a browser has what a validator stands for; a proxy that compresses may have made it a weak one. */
function isKnown(header: string | null, etag: string): boolean {
  const opaque = (tag: string) => tag.trim().replace(/^W\//, "");
  return header?.split(",").some((tag) => tag.trim() === "*" || opaque(tag) === opaque(etag)) ??
    false;
}
