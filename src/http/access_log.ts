/**
 * One line in the log for each request, when its response is over.
 *
 * @module
 */

import { shownPathCharsMax } from "./limits.ts";
import { EventoDBError } from "../errors.ts";
import { errorText, type Log, type LogLevel } from "../log.ts";
import { BrokenOff } from "./errors.ts";
import type { Exchange } from "./request_context.ts";

/** How an exchange ended. */
export interface Ending {
  /** The status of its response. */
  status: number;
  /** How long it took, in milliseconds. */
  elapsedMs: number;
  /** What went wrong, if anything. */
  failure?: unknown;
}

/**
 * Logs a request: neither its query, which may hold a token, nor anything of a payload. What the
 * server is to blame for comes with a stack.
 *
 * @param log Where to.
 * @param exchange The request.
 * @param ending How it ended.
 */
export function logExchange(log: Log, exchange: Exchange, ending: Ending): void {
  const { failure, status } = ending;
  const level = levelOf(exchange, ending);
  if (!log.enabled(level)) return;
  log.write(level, "request", {
    method: exchange.request.method,
    path: exchange.path.slice(0, shownPathCharsMax),
    rpc: exchange.rpcMethod,
    namespace: exchange.caller?.namespace,
    status,
    ms: Math.round(ending.elapsedMs * 10) / 10,
    code: failure instanceof EventoDBError ? failure.code : undefined,
    cut: cutOf(failure),
    error: level === "error" ? errorText(failure) : undefined,
  });
}

/** How the connection was broken off, if it was. */
function cutOf(failure: unknown): string | undefined {
  const beneath = failure instanceof EventoDBError ? failure.cause : failure;
  return beneath instanceof BrokenOff ? beneath.message : undefined;
}

function levelOf(exchange: Exchange, { failure, status }: Ending): LogLevel {
  if (failure === undefined) return exchange.notable || status >= 400 ? "info" : "debug";
  if (failure instanceof BrokenOff) return "info";
  // A refusal because a buffer is full is not a fault, but an operator will want to see many of them.
  if (failure instanceof EventoDBError && failure.cause === undefined) {
    return failure.status === 503 ? "warn" : failure.status >= 500 ? "error" : "info";
  }
  return failure instanceof EventoDBError && failure.status < 500 ? "info" : "error";
}
