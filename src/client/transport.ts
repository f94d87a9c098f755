/**
 * Requests: one address, one token, an idle timeout, and errors in the client's own words.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { responseStallMs } from "./limits.ts";
import { ServerResponse } from "./response.ts";
import { baseUrl } from "./base_url.ts";
import { connectionError } from "./connection_problem.ts";
import type { ClientOptions } from "./options.ts";
import { sentOnce } from "./platform.ts";

/** A request. */
export interface TransportRequest {
  /** Below the server's address, such as `/rpc`. */
  path: string;
  /** The HTTP method. */
  method: "GET" | "POST";
  /** What to send: a text, bytes, or bytes as they come. */
  body?: string | Blob | ReadableStream<Uint8Array>;
  /** What the body is. */
  headers?: Record<string, string>;
  /** Ends it. */
  signal?: AbortSignal;
  /** How long the server may send nothing, in milliseconds; `Infinity` for any time. */
  timeoutMs?: number;
}

/** Sends requests to one server. */
export class Transport {
  /** Where the server is, without a slash at the end. */
  readonly url: string;
  readonly #token?: string;
  readonly #timeoutMs: number;
  readonly #fetch: (url: string, init: RequestInit) => Promise<Response>;
  #hasReached = false;

  /**
   * @param options Address, token and idle timeout.
   * @throws {EventoDBError} `INVALID_REQUEST` when the address or the token cannot be one.
   */
  constructor(options: ClientOptions) {
    this.url = baseUrl(options.url);
    // A header cannot hold more, and the platform's own error would show the token.
    if (options.token !== undefined && !/^[\x21-\x7e]+$/.test(options.token)) {
      throw new EventoDBError(
        "INVALID_REQUEST",
        "Cannot use the token: it must be printable ASCII without spaces, and not empty",
      );
    }
    this.#token = options.token;
    this.#timeoutMs = options.timeoutMs ?? responseStallMs;
    const { fetch: send } = options;
    this.#fetch = send === undefined
      // A browser's fetch must be called on its window.
      ? (url, init) => fetch(url, init)
      : (url, init) => send(new Request(url, init));
  }

  /** Whether an EventoDB server has ever responded: until then the address may be wrong. */
  get hasReached(): boolean {
    return this.#hasReached;
  }

  /**
   * Sends a request.
   *
   * @param request What to send.
   * @returns The response, once its status says success; to be closed.
   * @throws {EventoDBError} The server's error; `CONNECTION_FAILED`; `UNEXPECTED_ANSWER`.
   */
  async send(request: TransportRequest): Promise<ServerResponse> {
    const { path, method, body, signal, timeoutMs = this.#timeoutMs } = request;
    const stalled = new AbortController();
    const ended = signal === undefined ? stalled.signal : AbortSignal.any([signal, stalled.signal]);
    const headers = new Headers(request.headers);
    if (this.#token !== undefined) headers.set("Authorization", `Bearer ${this.#token}`);

    /** Waits, not forever, and says what went wrong. Time in which nothing is awaited does not count. */
    const unlessStalled = async <T>(waiting: Promise<T>, broken: string): Promise<T> => {
      // The timer has to end the request as well, which `within` would leave running.
      const timer = timeoutMs === Infinity
        ? undefined
        : setTimeout(() => stalled.abort(this.#stalled(timeoutMs)), timeoutMs);
      try {
        return await untilAborted(waiting, ended);
      } catch (error) {
        if (signal?.aborted) throw signal.reason;
        if (stalled.signal.aborted) throw stalled.signal.reason;
        throw connectionError(error, broken, this.url);
      } finally {
        clearTimeout(timer);
      }
    };

    const init: RequestInit & { duplex: "half" } = {
      method,
      headers,
      body: sentOnce(body),
      signal: ended,
      // Following would turn a POST into a GET.
      redirect: "manual",
      // Node asks for it where the body is a stream.
      duplex: "half",
    };
    signal?.throwIfAborted();
    const responding = this.#fetch(`${this.url}${path}`, init);
    const raw = await unlessStalled(responding, "Cannot reach").catch((error) => {
      // A response that is no longer awaited may still come.
      responding.then((late) => late.body?.cancel()).catch(() => {});
      throw error;
    });
    const response = new ServerResponse(
      raw,
      (reading) => unlessStalled(reading, "The connection was lost in the middle of a response of"),
    );
    if (raw.ok) {
      this.#hasReached = true;
      return response;
    }
    try {
      const error = await response.error();
      if (error.code !== "UNEXPECTED_ANSWER") this.#hasReached = true;
      throw error;
    } finally {
      await response.close();
    }
  }

  /**
   * Sends a request and reads its response. What is not read of it is cancelled. (Not by `using`, which
   * Node 20 does not know.)
   *
   * @param request What to send.
   * @param read Reads the response.
   * @returns What it has read.
   * @throws {EventoDBError} As `send`.
   */
  async exchange<T>(
    request: TransportRequest,
    read: (response: ServerResponse) => Promise<T>,
  ): Promise<T> {
    const response = await this.send(request);
    try {
      return await read(response);
    } finally {
      await response.close();
    }
  }

  #stalled(timeoutMs: number): EventoDBError {
    return new EventoDBError(
      "CONNECTION_FAILED",
      `${this.url} has sent nothing for ${timeoutMs / 1000} s`,
    );
  }
}

/** Waits until a signal ends the waiting: what responds in process may know of no signal. */
function untilAborted<T>(waiting: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort);
    waiting.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
