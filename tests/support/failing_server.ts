/**
 * A server that fails on purpose: it hands requests on to a real one, and spoils what a plan names.
 *
 * @module
 */

/** A request that it got. */
export interface SeenRequest {
  /** Which one it is, from 1. */
  number: number;
  /** Its path. */
  path: string;
  /** Its query. */
  query: URLSearchParams;
  /** The method of `/rpc`, or `""`. */
  method: string;
  /** The arguments of the method. */
  args: unknown[];
}

/** What becomes of a request. */
export type Fault =
  /** It is answered with this, and the real server never sees it. */
  | { answer: Response }
  /** The real server sees it, and its answer is lost. */
  | { loseAnswer: true }
  /** The connection is cut after so many bytes of the real answer. */
  | { cutAfter: number }
  /** The answer ends after so many bytes, as if it were whole. */
  | { endAfter: number }
  /** Nothing comes after so many bytes, until the client leaves. */
  | { stallAfter: number }
  /** The real answer with its text changed. */
  | { change: (text: string) => string };

/** A server that fails on purpose. */
export interface FailingServer extends AsyncDisposable {
  /** Where it is. */
  readonly url: string;
  /** The requests so far. */
  readonly seen: SeenRequest[];
}

/** Starts one in front of a real server. */
export function startFailingServer(
  target: string,
  plan: (request: SeenRequest) => Fault | undefined,
): FailingServer {
  const seen: SeenRequest[] = [];
  const stalls = new Set<() => void>();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    // What is cut on purpose is no news.
    onError: () => new Response(null, { status: 500 }),
  }, async (request) => {
    const { pathname, search, searchParams: query } = new URL(request.url);
    const isRpc = pathname === "/rpc";
    const body = isRpc ? await request.text() : request.body;
    const [method = "", ...args] = isRpc ? JSON.parse(body as string) as [string] : [];
    const number = seen.length + 1;
    const fault = plan(seen[seen.push({ number, path: pathname, query, method, args }) - 1]!);
    if (fault !== undefined && "answer" in fault) return fault.answer;
    const response = await fetch(`${target}${pathname}${search}`, {
      method: request.method,
      headers: request.headers,
      body,
    });
    const { status, headers } = response;
    if (fault === undefined) return new Response(response.body, { status, headers });
    if ("change" in fault) {
      return new Response(fault.change(await response.text()), { status, headers });
    }
    const bytes = new Uint8Array(await response.arrayBuffer());
    return new Response(spoilt(bytes, fault, stalls), { status, headers: { ...type(headers) } });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    seen,
    async [Symbol.asyncDispose]() {
      for (const end of stalls) end();
      await server.shutdown();
    },
  };
}

/** An answer that no EventoDB server gives. */
export function html(status = 200): Response {
  return new Response("<html><body><h1>Welcome to the proxy</h1></body></html>", {
    status,
    headers: { "Content-Type": "text/html" },
  });
}

/** An error of the server's own. */
export function failure(status: number, code = "BACKEND_ERROR"): Response {
  return Response.json({ error: { code, message: "The database is away" } }, { status });
}

function spoilt(
  bytes: Uint8Array,
  fault: Fault,
  stalls: Set<() => void>,
): ReadableStream<Uint8Array> {
  const count = "cutAfter" in fault
    ? fault.cutAfter
    : "endAfter" in fault
    ? fault.endAfter
    : "stallAfter" in fault
    ? fault.stallAfter
    : 0;
  let sent = false;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (!sent) {
        sent = true;
        if (count > 0) return controller.enqueue(bytes.subarray(0, count));
      }
      if ("endAfter" in fault) return controller.close();
      if ("stallAfter" in fault) {
        await new Promise<void>((resolve) => stalls.add(resolve));
      } else if (count > 0) {
        // Deno 2.8 cuts the connection before what was handed over has left.
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      controller.error(new Error("cut on purpose"));
    },
  }, { highWaterMark: 0 });
}

function type(headers: Headers): Record<string, string> {
  return {
    "Content-Type": headers.get("Content-Type") ?? "application/json",
    // Compressed, so little would come only with the end.
    "Cache-Control": "no-transform",
  };
}
