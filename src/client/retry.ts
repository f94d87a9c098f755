/**
 * Trying again, with exponential backoff and jitter.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { retryDelayMaxMs } from "../limits.ts";
import type { Retry } from "./options.ts";

/** How to try again. */
export interface RetryPolicy {
  /** Most retries. */
  readonly retries: number;
  /** Wait before the first one, in milliseconds. */
  readonly retryDelayMs: number;
  /** Called before each one. */
  readonly onRetry?: (retry: Retry) => void;
}

/** What one use of {@linkcode withRetries} may have besides. */
export interface RetryOptions {
  /** Ends the trying, also while it waits. */
  signal?: AbortSignal;
  /** A failure that has happened already: the first attempt then waits as after a failure. */
  after?: unknown;
}

/**
 * Whether a failure may pass by itself: the network's, a server's that is overloaded, or its own.
 *
 * @param error What was thrown.
 * @returns Whether it is worth another try. Never for a status of 4xx but 429.
 */
export function mayPass(error: unknown): error is EventoDBError {
  if (!(error instanceof EventoDBError)) return false;
  if (error.code === "OUTCOME_UNKNOWN") return false;
  // A 200 that is not EventoDB's is a wrong address, and stays one.
  if (error.code === "UNEXPECTED_ANSWER" && error.status === 502) {
    return error.details?.status === 502;
  }
  return error.status >= 500 || error.status === 429;
}

/**
 * Does something until it succeeds, fails for good, or has failed too often.
 *
 * @param attempt What to do; it is told which attempt it is, from 1.
 * @param policy How often and how long apart.
 * @param options Signal, and a failure to start from.
 * @returns What the attempt resolves to.
 * @throws The last failure, or the signal's reason.
 */
export async function withRetries<T>(
  attempt: (attemptNumber: number) => Promise<T>,
  policy: RetryPolicy,
  options: RetryOptions = {},
): Promise<T> {
  const { signal } = options;
  let failure = options.after;
  if (failure === undefined) {
    try {
      return await attempt(1);
    } catch (error) {
      failure = error;
    }
  }
  signal?.throwIfAborted();
  if (!mayPass(failure) || policy.retries === 0) throw failure;

  // Most calls never come here, and do not wait for the module to load.
  const { default: pRetry } = await import("../deps/p_retry.ts");
  return await pRetry(
    // p-retry's own first attempt stands for the one that has failed.
    (number) => number === 1 ? Promise.reject(failure as EventoDBError) : attempt(number),
    {
      retries: policy.retries,
      minTimeout: policy.retryDelayMs,
      maxTimeout: retryDelayMaxMs,
      randomize: true,
      signal,
      shouldRetry: ({ error }) => mayPass(error),
      onFailedAttempt({ error, attemptNumber, retriesLeft, retryDelay }) {
        if (retriesLeft === 0 || !mayPass(error)) return;
        policy.onRetry?.({ error, attempt: attemptNumber, delayMs: retryDelay });
      },
    },
  );
}
