/**
 * A proxy that does to an import what some do: it hands on what the server sends, but only the beginning of
 * what the client does.
 *
 * @module
 */

/** Such a proxy. */
export interface HoldingProxy extends AsyncDisposable {
  /** Where it is. */
  readonly url: string;
  /** Hands on what it holds, and everything that follows. */
  letGo(): void;
}

/**
 * Starts it.
 *
 * @param target The server behind it.
 * @param bytesMax How much of the body of an import it hands on.
 */
export function startHoldingProxy(target: string, bytesMax: number): HoldingProxy {
  const { promise: free, resolve: letGo } = Promise.withResolvers<void>();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    onError: () => new Response(null, { status: 502 }),
  }, async (request) => {
    const { pathname, search } = new URL(request.url);
    let passed = 0;
    const holding = new TransformStream<Uint8Array, Uint8Array>({
      async transform(chunk, controller) {
        if (pathname === "/import" && (passed += chunk.length) > bytesMax) await free;
        controller.enqueue(chunk);
      },
    });
    const { status, headers, body } = await fetch(`${target}${pathname}${search}`, {
      method: request.method,
      headers: request.headers,
      body: request.body?.pipeThrough(holding),
    });
    return new Response(body, { status, headers });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    letGo,
    async [Symbol.asyncDispose]() {
      letGo();
      await server.shutdown();
    },
  };
}
