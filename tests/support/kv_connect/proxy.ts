/**
 * A proxy in front of a KV Connect server that loses what it is told to.
 *
 * @module
 */

/**
 * What becomes of a request: it `passes`; it is done and its response `lost`, as by a proxy that says
 * 502, whereupon Deno's client repeats it; it is done and its response `cut`, which the client does
 * not repeat; or it is `refused`, and not done.
 */
export type Fate = "passes" | "lost" | "cut" | "refused";

/** A proxy that runs. */
export class LossyProxy implements AsyncDisposable {
  /** Where it is. */
  readonly url: string;
  /** What becomes of each request, by its last part: `snapshot_read` or `atomic_write`. */
  fate: (method: string) => Fate = () => "passes";
  /** How many were not passed. */
  losses = 0;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** @param target The URL of the server behind it. */
  constructor(target: string) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => this.#pass(request, target),
    );
    this.url = `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #pass(request: Request, target: string): Promise<Response> {
    const { pathname } = new URL(request.url);
    const method = pathname.split("/").at(-1) ?? "";
    const fate = method === "" ? "passes" : this.fate(method);
    if (fate !== "passes") this.losses++;
    const body = await request.bytes();
    if (fate === "refused") return new Response("Bad gateway", { status: 502 });
    const { headers } = request;
    const response = await fetch(`${target}${pathname}`, { method: "POST", headers, body });
    const bytes = await response.bytes();
    if (fate === "lost") return new Response("Bad gateway", { status: 502 });
    if (fate === "passes") return new Response(bytes, response);
    return new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue(bytes.subarray(0, 1));
        },
        pull(controller) {
          controller.error(new Error("The connection is cut"));
        },
      }),
      { headers: { "Content-Length": String(bytes.length + 1) } },
    );
  }
}
