/**
 * The request handler: every endpoint, for `Deno.serve` or for another service's own router.
 *
 * @module
 */

import { createAuthenticator } from "../auth/authenticate.ts";
import { EventoDBError } from "../errors.ts";
import {
  bodySlowMs,
  bodyStallMs,
  importSlotWaitMs,
  importsMax,
  readerStallMs,
  shownPathCharsMax,
} from "./limits.ts";
import { type Log, noLog } from "../log.ts";
import type { Store } from "../store/store.ts";
import { SubscriptionHub } from "../subscription/hub.ts";
import { largeBodies } from "./large_bodies.ts";
import { logExchange } from "./access_log.ts";
import { Browsers } from "./browsers.ts";
import { Cors } from "./cors.ts";
import { errorResponse, publicError } from "./errors.ts";
import { Exchange } from "./request_context.ts";
import { exportRoute } from "./export_route.ts";
import { healthRoute } from "./health_route.ts";
import { importRoute } from "./import_route.ts";
import { relatedRoute } from "./related_route.ts";
import { methodsOf, type Route, type RouteContext, RouteTable } from "./route.ts";
import { rpcRoute } from "./rpc_route.ts";
import { subscribeRoute } from "./subscribe_route.ts";
import { uiRoute } from "./ui_route.ts";
import { verifyRoute } from "./verify_route.ts";
import { versionRoute } from "./version_route.ts";
import { RunningRequests, shuttingDown } from "./running_requests.ts";

/** How a handler behaves. */
export interface HandlerOptions {
  /** Where the messages are. The caller closes it, after the handler. */
  store: Store;
  /**
   * Let calls without a token in, as the administrator, and any well-formed token of a namespace
   * that exists. For tests only.
   *
   * @default {false}
   */
  testMode?: boolean;
  /** In test mode: the token that a call without one receives. Default: a new one. */
  defaultToken?: string;
  /**
   * Origins whose pages may call from a browser, such as `http://localhost:5173`; `*` for any.
   *
   * @default {[]}
   */
  corsOrigins?: readonly string[];
  /**
   * Where browsers find the server, when a proxy that ends TLS is before it: pages from there are its
   * own. An `http://` or `https://` URL.
   */
  publicUrl?: string;
  /**
   * In test mode: names that the server may be called by beside those of loopback, such as
   * `eventodb`; `*` for any.
   *
   * @default {[]}
   */
  allowedHosts?: readonly string[];
  /**
   * Serve the web page at `/ui`.
   *
   * @default {false}
   */
  ui?: boolean;
  /** Where requests are logged. Default: nowhere. */
  log?: Log;
  /**
   * Most imports at the same time. A few more wait; beyond that they are refused with 503.
   *
   * @default {4}
   */
  importsMax?: number;
  /**
   * How long an import waits until another one has ended before it is refused with 503, in
   * milliseconds.
   *
   * @default {8_000}
   */
  importSlotWaitMs?: number;
  /**
   * How long the body of an import, or a large one of `/rpc`, may come in at less than 16 KiB/s while
   * another one waits, in milliseconds. Then it is given up.
   *
   * @default {10_000}
   */
  bodySlowMs?: number;
  /**
   * How long a request's body may send nothing, in milliseconds.
   *
   * @default {60_000}
   */
  bodyStallMs?: number;
  /**
   * How long a reader may take nothing of a response, in milliseconds.
   *
   * @default {60_000}
   */
  readerStallMs?: number;
}

/** Responds to requests. Disposing of it ends it at once; {@linkcode Handler.close} more gently. */
export interface Handler extends AsyncDisposable {
  /**
   * Responds to a request. It never rejects: what goes wrong is a response too.
   *
   * @param request The request, its path as in `/rpc`.
   * @param info What `Deno.serve` says of the connection; absent for a call from this process.
   * @returns The response.
   */
  (request: Request, info?: object): Promise<Response>;
  /**
   * Refuses new requests and waits for the running ones; imports that take longer are rolled
   * back.
   *
   * @param graceMs How long they may go on, in milliseconds.
   */
  close(graceMs: number): Promise<void>;
}

/**
 * Makes a request handler over a store.
 *
 * @param options The store, and how to behave.
 * @returns The handler, to be closed or disposed of before the store.
 * @throws {EventoDBError} `INVALID_REQUEST` when an origin, the public URL or a host is not valid.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createHandler, openStore } from "@eventodb/cli/server";
 *
 * await using store = await openStore("sqlite://memory");
 * await using handler = createHandler({ store });
 *
 * // With Deno.serve(handler), or from within another handler:
 * const response = await handler(new Request("http://localhost/health"));
 * assertEquals(await response.json(), { status: "ok" });
 * ```
 */
export function createHandler(options: HandlerOptions): Handler {
  const { store, log = noLog } = options;
  const running = new RunningRequests();
  const hub = new SubscriptionHub(store);
  const anyOrigin = new Cors(["*"]);
  const browsers = new Browsers(options);
  const { cors } = browsers;
  const authenticate = createAuthenticator(store, options);
  const routes = new RouteTable([
    ...routesOf({
      store,
      hub,
      log,
      importsMax: options.importsMax ?? importsMax,
      importSlotWaitMs: options.importSlotWaitMs ?? importSlotWaitMs,
      largeBodies: largeBodies(options.bodySlowMs ?? bodySlowMs),
      bodySlowMs: options.bodySlowMs ?? bodySlowMs,
      bodyStallMs: options.bodyStallMs ?? bodyStallMs,
      readerStallMs: options.readerStallMs ?? readerStallMs,
    }),
    ...options.ui ? [uiRoute()] : [],
  ]);

  const respond = async (exchange: Exchange): Promise<Response> => {
    const { request, path } = exchange;
    if (running.closing) throw shuttingDown();
    const route = routes.find(path);
    browsers.check(exchange, route);
    if (route === undefined) throw notFound(path);
    const methods = methodsOf(route);
    if (methods.includes(request.method)) {
      const response = await route.respond(exchange);
      return request.method === "HEAD" ? await withoutBody(response) : response;
    }
    const preflight = (route.isOpenToAnyOrigin ? anyOrigin : cors).preflight(request, methods);
    return preflight ?? wrongMethod(request.method, methods);
  };

  const handle = async (request: Request, info?: object): Promise<Response> => {
    // A Host header that is no host's name makes a URL that is not valid; nothing else can be said of it.
    if (!URL.canParse(request.url)) {
      const { method } = request;
      const error = new EventoDBError("INVALID_REQUEST", "The Host header is not a host's name");
      log.write("info", "request", { method, status: error.status, code: error.code });
      return errorResponse(error);
    }
    const start = performance.now();
    const end = running.begin();
    // A response that goes on may be over before it was returned; those begin with 200.
    let status = 200;
    let failure: unknown;
    const exchange = new Exchange(request, authenticate, running, (cut) => {
      const elapsedMs = performance.now() - start;
      end();
      logExchange(log, exchange, { status, elapsedMs, failure: cut ?? failure });
    }, info !== undefined);
    let response: Response;
    try {
      response = await respond(exchange);
    } catch (error) {
      failure = error;
      response = errorResponse(publicError(error));
    }
    status = response.status;
    const issuedToken = exchange.caller?.issuedToken;
    if (issuedToken !== undefined) response.headers.set("X-EventoDB-Token", issuedToken);
    exchange.returned();
    const isOpen = routes.find(exchange.path)?.isOpenToAnyOrigin;
    if (isOpen && !exchange.isForeignPage) {
      response.headers.set("Access-Control-Allow-Origin", "*");
    }
    return cors.mark(request, response);
  };

  const close = (graceMs: number) => {
    const closed = running.close(graceMs);
    // Subscriptions would go on forever: they are not waited for.
    hub[Symbol.dispose]();
    return closed;
  };
  return Object.assign(handle, { close, [Symbol.asyncDispose]: () => close(0) });
}

/** The endpoints. A new one is a file of its own and a line here. */
function routesOf(context: RouteContext): Route[] {
  return [
    rpcRoute(context),
    importRoute(context),
    exportRoute(context),
    relatedRoute(context),
    verifyRoute(context),
    subscribeRoute(context),
    healthRoute,
    versionRoute,
  ];
}

function notFound(path: string): EventoDBError {
  return new EventoDBError(
    "NOT_FOUND",
    `There is no endpoint ${JSON.stringify(path.slice(0, shownPathCharsMax))}`,
  );
}

function wrongMethod(method: string, methods: readonly string[]): Response {
  const allowed = methods.join(", ");
  const error = new EventoDBError(
    "INVALID_REQUEST",
    `The HTTP method ${method} is not allowed here, only ${allowed}`,
    { status: 405 },
  );
  return errorResponse(error, { Allow: allowed });
}

/** The headers that `GET` has, the length of small responses included; a stream is not measured. */
async function withoutBody(response: Response): Promise<Response> {
  const headers = new Headers(response.headers);
  if (headers.get("Content-Type") === "application/json") {
    headers.set("Content-Length", String((await response.bytes()).length));
  } else {
    await response.body?.cancel();
  }
  return new Response(null, { status: response.status, headers });
}
