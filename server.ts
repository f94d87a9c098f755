/**
 * The EventoDB server, to be run or to be put into another Deno service.
 *
 * {@linkcode serve} opens a store, listens and answers; {@linkcode createHandler} only answers, over
 * a store and a port of yours. Run as a program, this module is the command `eventodb serve`.
 *
 * @example A server for a test
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { serve } from "@eventodb/cli/server";
 *
 * await using server = await serve({ port: 0, testMode: true });
 * const response = await fetch(`${server.url}/rpc`, {
 *   method: "POST",
 *   body: JSON.stringify(["stream.version", "account-123"]),
 * });
 * assertEquals(await response.json(), null);
 * ```
 *
 * @module
 */

export { ensureDefaultNamespace } from "./src/auth/default_namespace.ts";
export { createToken } from "./src/auth/create_token.ts";
export { createHandler, type Handler, type HandlerOptions } from "./src/http/handler.ts";
export { type EventoDBServer, serve, type ServeOptions } from "./src/http/serve.ts";
export {
  createLog,
  type Log,
  type LogFields,
  type LogFormat,
  type LogLevel,
  type LogOptions,
} from "./src/log.ts";
export { openStore, type OpenStoreOptions } from "./src/store/open.ts";
export type { BackendName, Store } from "./src/store/store.ts";
export type {
  EventIndex,
  LinePages,
  LinkBounds,
  LinkPages,
  PositionsQuery,
  TimeBounds,
} from "./src/store/event_index.ts";
export type { CatchUpOptions } from "./src/store/link_table.ts";
export type { LinkSource, OddValues, StreamLink } from "./src/slice/links/link_source.ts";

if (import.meta.main) {
  const { main } = await import("./cli.ts");
  Deno.exit(await main(["serve", ...Deno.args]));
}
