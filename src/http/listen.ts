/**
 * Listening on a port, by `Deno.serve`.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { integerProblem } from "../integer.ts";
import { errorText, type Log } from "../log.ts";
import { BrokenOff, errorResponse, publicError } from "./errors.ts";

/** Where to listen, and where to log. */
export interface ListenOptions {
  /** The address. */
  hostname: string;
  /** The port; 0 for any free one. */
  port: number;
  /** For what goes wrong outside the handler. */
  log: Log;
}

/** A port that is listened on. */
export interface Listener {
  /** The address. */
  readonly hostname: string;
  /** The port. */
  readonly port: number;
  /** Where a client on this machine finds it. */
  readonly url: string;
  /** Stops listening at once. Resolves when the connections have closed. */
  shutdown(): Promise<void>;
}

/**
 * Listens.
 *
 * @param options Where.
 * @param handler Responds to requests.
 * @returns The listener.
 * @throws {EventoDBError} `INVALID_REQUEST` for a port that cannot be, `BACKEND_ERROR` for one that
 * cannot be had.
 */
export function listen(
  options: ListenOptions,
  handler: (request: Request, info: object) => Promise<Response>,
): Listener {
  const { hostname, port, log } = options;
  const problem = integerProblem(port, { min: 0, max: 65_535 });
  if (problem !== null) {
    throw new EventoDBError("INVALID_REQUEST", `Cannot listen on port ${port}: it ${problem}`);
  }
  try {
    const server = Deno.serve({
      hostname,
      port,
      // What is said about listening is the caller's affair.
      onListen: () => {},
      onError(error) {
        // Also called for a response that breaks off on purpose; that has been logged.
        if (!(error instanceof BrokenOff)) {
          log.write("error", "response failed", { error: errorText(error) });
        }
        return errorResponse(publicError(error));
      },
    }, handler);
    return {
      hostname,
      port: server.addr.port,
      url: urlOf(hostname, server.addr.port),
      shutdown: () => server.shutdown(),
    };
  } catch (error) {
    throw explain(error, hostname, port);
  }
}

/**
 * Where a client on this machine finds a server.
 *
 * @param hostname The address that it listens on.
 * @returns Its URL.
 */
export function urlOf(hostname: string, port: number): string {
  if (hostname === "0.0.0.0") return `http://127.0.0.1:${port}`;
  if (hostname === "::") return `http://[::1]:${port}`;
  return `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

function explain(error: unknown, hostname: string, port: number): unknown {
  const reason = reasonOf(error, hostname, port);
  if (reason === undefined) return error;
  // Which of the two will not do.
  const option = error instanceof Deno.errors.AddrInUse ? "port" : "host";
  return new EventoDBError("BACKEND_ERROR", `Cannot listen on ${hostname}:${port}: ${reason}`, {
    cause: error,
    details: { option },
  });
}

function reasonOf(error: unknown, hostname: string, port: number): string | undefined {
  if (error instanceof Deno.errors.AddrInUse) {
    return "the port is in use. Stop what uses it, or choose another port";
  }
  if (error instanceof Deno.errors.NotCapable) {
    return `the permission is missing. Run Deno with --allow-net=${hostname}:${port}`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return "the system does not allow it. Choose a port above 1023";
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return "this machine does not have that address. Choose another address";
  }
  // A name that cannot be resolved, mostly.
  return error instanceof Error ? error.message : undefined;
}
