/**
 * A server that speaks the protocol as the servers written in Go do: pages of `category.get`, no
 * `features`, no `GET /export`, and stores that hold what ours would not take.
 *
 * @module
 */

import type { Message } from "../../src/message.ts";
import { formatCategoryMessage, formatStreamMessage } from "../../src/record/wire.ts";

/** A server that is not ours. */
export interface GoServer extends AsyncDisposable {
  /** Where it is. */
  readonly url: string;
  /** The calls so far. */
  readonly calls: [method: string, ...args: unknown[]][];
}

/**
 * Starts one.
 *
 * @param messages What it holds, in ascending global position; also what no server of ours would.
 * @returns The server.
 */
export function startGoServer(messages: readonly Message[]): GoServer {
  const calls: GoServer["calls"] = [];
  const results: Record<string, (args: unknown[]) => string> = {
    "category.get": ([category, options]) => {
      const { position = 1, batchSize = 1_000 } = (options ?? {}) as Record<string, number>;
      const found = messages.filter(({ stream, globalPosition }) =>
        globalPosition >= position && (category === "" || stream.split("-")[0] === category)
      );
      const page = found.slice(0, batchSize === -1 ? undefined : batchSize);
      return `[${page.map(formatCategoryMessage).join()}]`;
    },
    "stream.get": ([stream, options]) => {
      const { position = 0, batchSize = 1_000 } = (options ?? {}) as Record<string, number>;
      const found = messages.filter((each) => each.stream === stream && each.position >= position);
      return `[${found.slice(0, batchSize).map(formatStreamMessage).join()}]`;
    },
    "stream.version": ([stream]) =>
      String(messages.findLast((each) => each.stream === stream)?.position ?? null),
    // As they answer where they do not count.
    "ns.info": ([namespace]) =>
      JSON.stringify({
        namespace,
        description: "",
        createdAt: "2025-01-01T00:00:00Z",
        messageCount: 0,
        streamCount: 0,
        lastActivity: null,
      }),
  };
  const respond = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    if (pathname === "/version") return Response.json({ version: "1.4.0" });
    if (pathname === "/health") return Response.json({ status: "ok" });
    if (pathname !== "/rpc") return new Response("404 page not found\n", { status: 404 });
    const [method, ...args] = await request.json() as [string, ...unknown[]];
    calls.push([method, ...args]);
    const result = results[method]?.(args);
    if (result !== undefined) {
      return new Response(result, { headers: { "Content-Type": "application/json" } });
    }
    const error = { code: "METHOD_NOT_FOUND", message: `Unknown method: ${method}` };
    return Response.json({ error }, { status: 404 });
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, respond);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    calls,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
