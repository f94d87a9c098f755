/**
 * Uploads by HTTP/2.
 *
 * A server that runs on Deno 2.9 reads on over HTTP/1.1 whether it keeps up with the body or not, so
 * that a large file would end up in its memory (denoland/deno#36869). HTTP/2 has a flow control of its
 * own. See docs/adr/0004-import-memory.md.
 *
 * @module
 */

import { http2ProbeMs } from "../limits.ts";
import { EventoDBClient } from "../../client/client.ts";

/** The server that is spoken to. */
export interface Http2Options {
  /** Its address. */
  url: string;
  /** The token for it. */
  token?: string;
  /** The client so far, whose listener is called for waits. */
  client?: EventoDBClient;
}

/** A client that speaks nothing but HTTP/2, without TLS. */
export class Http2Client implements Disposable {
  /** The client. */
  readonly client: EventoDBClient;
  readonly #http: Deno.HttpClient;

  private constructor({ url, token, client }: Http2Options) {
    this.#http = Deno.createHttpClient({ http1: false, http2: true });
    this.client = new EventoDBClient({
      url,
      token,
      retries: 0,
      timeoutMs: http2ProbeMs,
      onRetry: client?.retryPolicy.onRetry,
      fetch: (request) => fetch(request, { client: this.#http }),
    });
  }

  /**
   * Makes a client, if the server and whatever is in between understand it.
   *
   * @returns The client; `undefined` where HTTP/1.1 has to do, and for `https:`, where the two sides
   * agree on a protocol by themselves.
   */
  static async open(
    options: Http2Options,
    signal: AbortSignal,
  ): Promise<Http2Client | undefined> {
    if (!/^http:/i.test(options.url)) return undefined;
    const http2 = new Http2Client(options);
    try {
      await http2.client.version({ signal });
      return http2;
    } catch {
      http2[Symbol.dispose]();
      signal.throwIfAborted();
      return undefined;
    }
  }

  [Symbol.dispose](): void {
    this.#http.close();
  }
}
