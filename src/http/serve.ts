/**
 * The server: a store, a handler and a port, from start to shutdown.
 *
 * @module
 */

import { checkDefaultToken, settleDefaultNamespace } from "../auth/default_namespace.ts";
import { shutdownMs } from "../limits.ts";
import { closingLingerMs } from "./limits.ts";
import { noLog } from "../log.ts";
import { openStore } from "../store/open.ts";
import type { Store } from "../store/store.ts";
import { within } from "../waiting.ts";
import { Browsers, isLoopback } from "./browsers.ts";
import { createHandler, type Handler, type HandlerOptions } from "./handler.ts";
import { listen, urlOf } from "./listen.ts";

/** Where a server listens when nothing is said: this machine only. */
const hostnameDefault = "127.0.0.1";
const portDefault = 8080;

/** Where a server keeps its data when nothing is said. */
const dbUrlDefault = "sqlite://eventodb.db";
const dataDirDefault = "./eventodb-data";
const memoryUrl = "sqlite://memory";

/** The part of the time for shutting down that is kept for rolling back what did not finish. */
const rollbackShare = 0.2;

/** How to run a server. */
export interface ServeOptions extends Omit<HandlerOptions, "store" | "ui"> {
  /**
   * The address to listen on; `0.0.0.0` for every one of this machine's.
   *
   * @default {"127.0.0.1"}
   */
  hostname?: string;
  /**
   * The port to listen on; 0 for any free one.
   *
   * @default {8080}
   */
  port?: number;
  /**
   * The database. In test mode the default is `sqlite://memory`.
   *
   * @default {"sqlite://eventodb.db"}
   */
  dbUrl?: string;
  /** The folder of a SQLite database. Default: `./eventodb-data` without a `dbUrl`, else its own. */
  dataDir?: string;
  /** A store that is open already, instead of `dbUrl`. It stays open when the server ends. */
  store?: Store;
  /** The token that the namespace `default` is to have. Default: the one it has, or a new one. */
  token?: string;
  /**
   * Makes the token of the namespace `default` where it has none and `token` gives none: called before
   * the token is stored, so that it can be put somewhere first. Default: a random token.
   */
  makeToken?: () => string | Promise<string>;
  /** Serve the web page at `/ui`. Default: whether the server is reached from this machine only. */
  ui?: boolean;
  /**
   * How long running requests may go on once the server is stopping, in milliseconds; the last
   * fifth of it is for rolling back imports that did not finish.
   *
   * @default {10_000}
   */
  shutdownMs?: number;
}

/** A running server. */
export interface EventoDBServer extends AsyncDisposable {
  /** The address that it listens on. */
  readonly hostname: string;
  /** The port that it listens on. */
  readonly port: number;
  /** Where a client on this machine finds it. */
  readonly url: string;
  /** The token of the namespace `default`, if it was made on this start: it is stored nowhere. */
  readonly defaultToken?: string;
  /** Where a browser on this machine finds its page, if it serves one. */
  readonly uiUrl?: string;
  /** Resolves when the server has ended. */
  readonly finished: Promise<void>;
  /**
   * Ends the server: stops listening at once, lets running requests finish for a while, rolls back
   * the imports among those that do not, and closes the store. Further calls wait for the first.
   */
  shutdown(): Promise<void>;
}

/**
 * Starts a server.
 *
 * @param options Where to listen and what to serve.
 * @returns The server, once it responds.
 * @throws {EventoDBError} `INVALID_REQUEST` when the token, the port or the database's URL will not
 * do; `BACKEND_ERROR` when the port is taken, or the database cannot be opened or is in use.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { serve } from "@eventodb/cli/server";
 *
 * await using server = await serve({ port: 0, dbUrl: "sqlite://memory" });
 * const response = await fetch(`${server.url}/rpc`, {
 *   method: "POST",
 *   headers: { Authorization: `Bearer ${server.defaultToken}` },
 *   body: JSON.stringify(["stream.write", "account-1", { type: "Opened", data: {} }]),
 * });
 * assertEquals(await response.json(), { position: 0, globalPosition: 1 });
 * ```
 */
export async function serve(options: ServeOptions = {}): Promise<EventoDBServer> {
  const { hostname = hostnameDefault, port = portDefault, log = noLog } = options;
  const { ui = isLoopback(hostname) } = options;
  // Before anything is opened or made: a mistyped option leaves no empty data folder behind.
  if (options.token !== undefined) checkDefaultToken(options.token);
  const allowedHosts = [
    ...options.allowedHosts ?? [],
    ...URL.canParse(urlOf(hostname, port)) ? [hostname] : [],
  ];
  void new Browsers({ ...options, allowedHosts });
  await using undo = new AsyncDisposableStack();
  const store = options.store ?? undo.use(await openStore(...databaseOf(options)));

  // The port comes first: a token that is made must not be lost to a port that is taken. Requests
  // that come meanwhile wait.
  const handler = Promise.withResolvers<Handler>();
  handler.promise.catch(() => {});
  const listener = listen({ hostname, port, log }, async (request, info) => {
    return await (await handler.promise)(request, info);
  });
  undo.defer(async () => {
    handler.reject(new Error("The server did not start"));
    await listener.shutdown();
  });
  const { made: defaultToken, isReplaced } = await settleDefaultNamespace(store, options);
  if (isReplaced) log.write("warn", "replaced the administrator's token with the given one");
  handler.resolve(createHandler({
    ...options,
    store,
    ui,
    allowedHosts,
    defaultToken: options.token ?? defaultToken ?? options.defaultToken,
  }));
  const running = await handler.promise;
  undo.move();
  if (options.testMode) log.write("warn", testModeWarning(hostname));
  if (isNothingKept(options)) {
    const hint = "name a database too, as in --db-url sqlite://eventodb.db";
    log.write("warn", "test mode keeps nothing, also with a data folder", { hint });
  }

  const graceMs = options.shutdownMs ?? shutdownMs;
  const finished = Promise.withResolvers<void>();
  const stop = async () => {
    log.write("info", "shutting down");
    const closed = listener.shutdown();
    if (options.store === undefined) store.closeSoon?.();
    await running.close(graceMs * (1 - rollbackShare));
    // A client that neither reads nor leaves must not hold the data folder's lock.
    await within(closed, closingLingerMs);
    if (options.store === undefined) await store[Symbol.asyncDispose]();
    log.write("info", "stopped");
  };
  let stopping = false;
  const shutdown = () => {
    if (!stopping) {
      stopping = true;
      stop().then(finished.resolve, finished.reject);
    }
    return finished.promise;
  };

  const uiUrl = ui ? `${listener.url}/ui` : undefined;
  log.write("info", "listening", {
    url: listener.url,
    ...uiUrl === undefined ? {} : { page: uiUrl },
    backend: store.backend,
  });
  return {
    hostname: listener.hostname,
    port: listener.port,
    url: listener.url,
    uiUrl,
    defaultToken,
    finished: finished.promise,
    shutdown,
    [Symbol.asyncDispose]: shutdown,
  };
}

function databaseOf(options: ServeOptions): [url: string, options: { dataDir?: string }] {
  const { dbUrl, dataDir, testMode } = options;
  if (dbUrl !== undefined) return [dbUrl, { dataDir }];
  if (testMode) return [memoryUrl, {}];
  return [dbUrlDefault, { dataDir: dataDir ?? dataDirDefault }];
}

function testModeWarning(hostname: string): string {
  return isLoopback(hostname)
    ? "test mode: anyone who reaches the port is the administrator, without a token"
    : `test mode is open to other machines: anyone who reaches ${hostname} is the administrator, ` +
      "without a token. Listen on 127.0.0.1, or turn test mode off";
}

/** Whether a data folder was named that nothing is kept in. */
function isNothingKept({ testMode, dbUrl, dataDir, store }: ServeOptions): boolean {
  return testMode === true && dataDir !== undefined && dbUrl === undefined && store === undefined;
}
