/**
 * Trying again, with exponential backoff and jitter.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { firstContactMs, retryDelayMaxMs } from "./limits.ts";
import { type ConnectionProblem, problemOf } from "./connection_problem.ts";
import type { Retry } from "./options.ts";
import { delay } from "../deps/delay.ts";

/** How to try again. */
export interface RetryPolicy {
  /** Most retries. */
  readonly retries: number;
  /** Wait before the first one, in milliseconds. */
  readonly retryDelayMs: number;
  /** Called before each one. */
  readonly onRetry?: (retry: Retry) => void;
  /**
   * Whether the server has ever responded. Until it has, the address may be wrong: to reach it is tried
   * for `firstContactMs` in all, and the response of something else is taken at its word. Absent where
   * the number of retries was asked for.
   */
  readonly hasReached?: () => boolean;
}

/** What one use of {@linkcode withRetries} may have besides. */
export interface RetryOptions {
  /** Ends the trying, also while it waits. */
  signal?: AbortSignal;
  /** A failure that has happened already: the first attempt then waits as after a failure. */
  after?: unknown;
}

/**
 * Whether a failure may be temporary: the network's, a server's that is overloaded, or its own.
 *
 * @param error What was thrown.
 * @returns Whether it is worth another try. Never for a status of 4xx but 429.
 */
export function mayPass(error: unknown): error is EventoDBError {
  if (!(error instanceof EventoDBError)) return false;
  if (error.code === "OUTCOME_UNKNOWN") return false;
  if (isLasting(problemOf(error))) return false;
  // A 200 that is not EventoDB's is a wrong address, and stays one.
  if (error.code === "UNEXPECTED_ANSWER" && error.status === 502) {
    return error.details?.status === 502;
  }
  return error.status >= 500 || error.status === 429;
}

/** Whether something has to be changed first. */
function isLasting(problem: ConnectionProblem | undefined): boolean {
  return problem === "certificate" || problem === "proxy" || problem === "no-tls" ||
    problem === "no-http";
}

/**
 * Whether a failure is worth another try under a policy.
 *
 * @param error What was thrown.
 * @param policy How to try again.
 * @param elapsedMs How long it has been tried by the time of the next attempt, in milliseconds.
 * @returns Whether it is; how many retries are left is for the caller to know.
 */
export function isWorthRetrying(
  error: unknown,
  policy: RetryPolicy,
  elapsedMs: number,
): error is EventoDBError {
  if (!mayPass(error)) return false;
  if (policy.hasReached === undefined || policy.hasReached()) return true;
  return error.code !== "UNEXPECTED_ANSWER" && elapsedMs <= firstContactMs;
}

/**
 * The wait before a retry: doubled with each failure, and stretched at random by up to as much again.
 *
 * @param failures How many failures there have been in a row, from 1.
 * @param firstMs The wait before the first retry, in milliseconds.
 * @returns The wait, in milliseconds.
 */
export function retryDelayOf(failures: number, firstMs: number): number {
  return Math.min((1 + Math.random()) * firstMs * 2 ** (failures - 1), retryDelayMaxMs);
}

/**
 * Does something until it succeeds, fails for good, or has failed too often.
 *
 * @param attempt What to do; called with the number of the attempt, from 1.
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
  const began = performance.now();
  let failure = options.after;
  if (failure === undefined) {
    try {
      return await attempt(1);
    } catch (error) {
      failure = error;
    }
  }
  signal?.throwIfAborted();
  if (policy.retries === 0) throw failure;
  if (!isWorthRetrying(failure, policy, performance.now() - began)) throw failure;

  // Most calls never come here, and do not wait for the module to load.
  const { default: pRetry } = await import("../deps/p_retry.ts");
  return await pRetry(
    // p-retry's own first attempt stands for the one that has failed.
    (number) => number === 1 ? Promise.reject(failure as EventoDBError) : attempt(number),
    {
      retries: policy.retries,
      // The wait is below, where it is known before it begins.
      minTimeout: 0,
      signal,
      async shouldRetry({ error, attemptNumber }) {
        const retryDelay = retryDelayOf(attemptNumber, policy.retryDelayMs);
        const elapsedMs = performance.now() - began;
        if (!isWorthRetrying(error, policy, elapsedMs + retryDelay)) return false;
        // A server that is busy says itself when to come back.
        const asked = Math.min(Number(error.details?.retryAfterMs ?? 0), retryDelayMaxMs);
        const delayMs = Math.max(retryDelay, asked);
        policy.onRetry?.({ error, attempt: attemptNumber, delayMs });
        await delay(delayMs, { signal }).catch(() => {});
        return true;
      },
    },
  );
}
