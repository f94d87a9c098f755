/**
 * A real server on a real port, for tests.
 *
 * @module
 */

import { type EventoDBServer, serve, type ServeOptions } from "../../src/http/serve.ts";
import { createToken } from "../../src/auth/create_token.ts";

/** A server that ends, with its files, when it is disposed of. */
export interface TestServer extends AsyncDisposable {
  /** Where it is, such as `http://127.0.0.1:40123`. */
  readonly url: string;
  /** Its port. */
  readonly port: number;
  /** The token of the namespace `default`. */
  readonly token: string;
  /** Its data folder, or `undefined` for a server in memory. */
  readonly dataDir?: string;
  /** The server itself. */
  readonly server: EventoDBServer;
}

/** How to start it. */
export interface TestServerOptions extends ServeOptions {
  /** Keep the data in files of a temporary folder; otherwise in memory. */
  files?: boolean;
}

/** Starts a server on a free port, with a token for `default`. */
export async function startServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { files = false, ...own } = options;
  const token = options.token ?? createToken("default");
  await using undo = new AsyncDisposableStack();
  let dataDir = options.dataDir;
  if (files && dataDir === undefined) {
    const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
    undo.defer(() => Deno.remove(folder, { recursive: true }));
    dataDir = folder;
  }
  const server = undo.use(
    await serve({
      port: 0,
      dbUrl: dataDir === undefined ? "sqlite://memory" : "sqlite://eventodb.db",
      ...own,
      dataDir,
      token,
    }),
  );
  const resources = undo.move();
  return {
    url: server.url,
    port: server.port,
    token,
    dataDir,
    server,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** What a server answered. */
export interface Answer {
  status: number;
  headers: Headers;
  /** The body as it came. */
  text: string;
  /** The body, parsed. */
  body: unknown;
  /** The error in it, or `undefined`. */
  error?: { code: string; message: string; details?: Record<string, unknown> };
}

/** Sends any body to `/rpc`. */
export async function post(
  server: Pick<TestServer, "url" | "token">,
  body: BodyInit,
  headers: HeadersInit = { Authorization: `Bearer ${server.token}` },
): Promise<Answer> {
  const response = await fetch(`${server.url}/rpc`, { method: "POST", headers, body });
  const text = await response.text();
  const parsed: unknown = JSON.parse(text);
  const { status, headers: received } = response;
  const error = status === 200 ? undefined : (parsed as Pick<Answer, "error">).error;
  return { status, headers: received, text, body: parsed, error };
}

/** Calls a method, and gives the whole answer. */
export function call(
  server: Pick<TestServer, "url" | "token">,
  method: string,
  ...args: unknown[]
): Promise<Answer> {
  return post(server, JSON.stringify([method, ...args]));
}

/** Calls a method, and gives its result; throws when it is refused. */
export async function rpc<T = unknown>(
  server: Pick<TestServer, "url" | "token">,
  method: string,
  ...args: unknown[]
): Promise<T> {
  const answer = await call(server, method, ...args);
  if (answer.status !== 200) throw new Error(`${method}: ${answer.text}`);
  return answer.body as T;
}

/** The same server, seen with another token. */
export function withToken(
  server: Pick<TestServer, "url">,
  token: string,
): Pick<TestServer, "url" | "token"> {
  return { url: server.url, token };
}
