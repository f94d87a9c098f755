/**
 * One request and what is known of it so far.
 *
 * @module
 */

import { type Authenticator, bearerToken } from "../auth/authenticate.ts";
import type { Caller } from "../auth/caller.ts";
import type { RunningRequests } from "./running_requests.ts";

/** Ends an exchange; with the reason when its response was broken off. */
export type EndExchange = (failure?: unknown) => void;

/** A request on its way to its response. */
export class Exchange {
  /** The request. */
  readonly request: Request;
  /** Its URL, taken apart. */
  readonly url: URL;
  /** The URL's path. Clients put a base URL that ends in a slash before it: `//rpc` is `/rpc`. */
  readonly path: string;
  /** Who calls, once that is known. */
  caller?: Caller;
  /** The method of `POST /rpc`, once that is known. */
  rpcMethod?: string;
  /** Whether an operator would want to know of it even when all goes well. */
  notable = false;
  /** Whether it was turned away since a page sent it that has no business here. */
  isForeignPage = false;

  readonly #isFromNetwork: boolean;
  readonly #authenticate: Authenticator;
  readonly #running: RunningRequests;
  readonly #onEnd: EndExchange;
  #open = false;

  /**
   * @param authenticate Finds out who calls.
   * @param running What the server has under way.
   * @param onEnd Called once, after the last byte of the response has been handed over.
   * @param isFromNetwork Whether it came over a connection, and not from a caller in this process.
   */
  constructor(
    request: Request,
    authenticate: Authenticator,
    running: RunningRequests,
    onEnd: EndExchange,
    isFromNetwork = false,
  ) {
    this.request = request;
    this.url = new URL(request.url);
    this.path = this.url.pathname.replace(/^\/+/, "/");
    this.#authenticate = authenticate;
    this.#running = running;
    this.#onEnd = onEnd;
    this.#isFromNetwork = isFromNetwork;
  }

  /**
   * What the server was called, as in the `Host` header; HTTP/2 has it in the URL. `null` for a call
   * from this process.
   */
  get authority(): string | null {
    return this.request.headers.get("Host") ?? (this.#isFromNetwork ? this.url.host : null);
  }

  /** Whether the server is stopping. */
  get closing(): boolean {
    return this.#running.closing;
  }

  /** Aborted when the server cannot wait for the response any longer. */
  get signal(): AbortSignal {
    return this.#running.signal;
  }

  /**
   * Finds out who calls.
   *
   * @returns The caller: who the token of the `Authorization` header names, else that of the parameter
   * `token`, since a browser's `EventSource` can send no headers.
   * @throws {EventoDBError} As the authenticator does.
   */
  async authenticate(): Promise<Caller> {
    const token = bearerToken(this.request.headers.get("Authorization")) ??
      (this.url.searchParams.get("token") || null);
    return this.caller = await this.#authenticate(token);
  }

  /**
   * Says that the response goes on after it has been returned.
   *
   * @returns A function to call when it is over.
   */
  keepOpen(): EndExchange {
    this.#open = true;
    return this.#onEnd;
  }

  /** Ends the exchange, unless its response goes on. */
  returned(): void {
    if (!this.#open) this.#onEnd();
  }
}
