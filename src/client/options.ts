/**
 * How a client is set up, and what every call takes.
 *
 * @module
 */

import type { EventoDBError } from "../errors.ts";

/** How an {@linkcode EventoDBClient} is set up. */
export interface ClientOptions {
  /** Where the server is, such as `http://localhost:8080`; behind a proxy also with a path. */
  url: string | URL;
  /** The token of a namespace. Absent: none, which only a server in test mode accepts. */
  token?: string;
  /**
   * Most retries of a request whose failure may be temporary: the network's, and statuses 429 and 5xx. Where
   * it is not given, a server that has never responded is given up after 3 s of connections that
   * fail, and at once when a proxy or another server responds instead: the address may be wrong.
   *
   * @default {5}
   */
  retries?: number;
  /**
   * Wait before the first retry, in milliseconds; it doubles with each, and is stretched at random
   * by up to as much again.
   *
   * @default {250}
   */
  retryDelayMs?: number;
  /**
   * How long the server may send nothing before a request is given up, in milliseconds.
   *
   * @default {30_000}
   */
  timeoutMs?: number;
  /** Called before each retry. */
  onRetry?: (retry: Retry) => void;
  /**
   * What handles requests: a handler of `createHandler`, for a client without a network, or another
   * `fetch`. Default: the platform's.
   */
  fetch?: (request: Request) => Promise<Response>;
}

/** A retry that is about to come. */
export interface Retry {
  /** What went wrong. */
  error: EventoDBError;
  /** Which retry it is, from 1. */
  attempt: number;
  /** How long it waits, in milliseconds. */
  delayMs: number;
}

/** What every call takes. */
export interface CallOptions {
  /** Ends the call; it then throws the signal's reason. */
  signal?: AbortSignal;
}
