/**
 * A server whose responses never end: what a client believes of them must have a limit.
 *
 * @module
 */

/** What a response goes on with. */
export interface EndlessResponse {
  /** How it begins. */
  beginning?: string;
  /** What follows, again and again. */
  repeat: string;
  /** Its status. */
  status?: number;
  /** Its content type. */
  type?: string;
}

/** Such a server. */
export interface EndlessServer extends AsyncDisposable {
  /** Where it is. */
  readonly url: string;
  /** How many bytes clients have taken. */
  readonly sentBytes: number;
}

/**
 * Starts it.
 *
 * @param respond What a path is responded to with; `undefined` for a plain 404.
 */
export function startEndlessServer(
  respond: (path: string) => EndlessResponse | Response | undefined,
): EndlessServer {
  let sentBytes = 0;
  const encoder = new TextEncoder();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    onError: () => new Response(null, { status: 500 }),
  }, async (request) => {
    const endless = respond(new URL(request.url).pathname);
    if (endless instanceof Response) return endless;
    // An import's body is taken in, or it would look like a connection that breaks off.
    if (endless?.type !== "text/event-stream") await request.body?.cancel();
    if (endless === undefined) return new Response(null, { status: 404 });
    const { beginning = "", repeat, status = 200, type = "application/json" } = endless;
    const chunk = encoder.encode(repeat.repeat(Math.ceil(65_536 / repeat.length)));
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(encoder.encode(beginning)),
      pull(controller) {
        sentBytes += chunk.length;
        controller.enqueue(chunk.slice());
      },
    });
    return new Response(body, {
      status,
      // Compressed, it would be much more than is on the way.
      headers: { "Content-Type": type, "Cache-Control": "no-transform" },
    });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    get sentBytes() {
      return sentBytes;
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
