/**
 * A server of `GET /subscribe` that does what a test tells it to: real HTTP, and every failure on
 * purpose.
 *
 * @module
 */

/** One connection to it. */
export interface PokeConnection {
  /** What was asked for. */
  readonly query: Record<string, string>;
  /** The request's headers. */
  readonly headers: Headers;
  /** Sends text, or any piece of it. */
  send(text: string | Uint8Array): void;
  /** Ends the answer as it should be. */
  end(): void;
  /** Breaks the answer off; what was sent but has not gone out yet is lost. */
  cut(): void;
  /** Resolves when the client has left. */
  readonly left: Promise<void>;
}

/** Such a server. */
export interface PokeServer extends AsyncDisposable {
  /** Where it is. */
  readonly url: string;
  /** How many requests have come. */
  readonly requests: number;
  /** Resolves with the next connection. */
  accept(): Promise<PokeConnection>;
}

/** A poke as it goes over the wire. */
export function pokeText(stream: string, position: number, globalPosition: number): string {
  const data = JSON.stringify({ stream, position, globalPosition });
  return `event: poke\ndata: ${data}\nid: ${globalPosition}\n\n`;
}

/**
 * Starts it.
 *
 * @param refuse Gives the answer to the request of that number, from 1, if it is not to be accepted.
 */
export function startPokeServer(
  refuse: (number: number) => Response | undefined = () => undefined,
): PokeServer {
  const waiting: ((connection: PokeConnection) => void)[] = [];
  const accepted: PokeConnection[] = [];
  const ends = new Set<() => void>();
  let requests = 0;
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    onError: () => new Response(null, { status: 500 }),
  }, (request) => {
    const refusal = refuse(++requests);
    if (refusal !== undefined) return refusal;
    const left = Promise.withResolvers<void>();
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        const end = () => {
          ends.delete(end);
          controller.close();
        };
        ends.add(end);
        const connection: PokeConnection = {
          query: Object.fromEntries(new URL(request.url).searchParams),
          headers: request.headers,
          left: left.promise,
          send: (text) =>
            controller.enqueue(typeof text === "string" ? encoder.encode(text) : text),
          end,
          cut() {
            ends.delete(end);
            controller.error(new Error("cut on purpose"));
          },
        };
        left.promise.then(() => ends.delete(end));
        const taker = waiting.shift();
        if (taker !== undefined) taker(connection);
        else accepted.push(connection);
      },
      cancel: () => left.resolve(),
    });
    return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    get requests() {
      return requests;
    },
    accept() {
      const connection = accepted.shift();
      if (connection !== undefined) return Promise.resolve(connection);
      return new Promise((resolve) => waiting.push(resolve));
    },
    async [Symbol.asyncDispose]() {
      for (const end of [...ends]) end();
      await server.shutdown();
    },
  };
}
