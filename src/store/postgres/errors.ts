/**
 * What Postgres and the network say, turned into errors that name the database and the way out.
 *
 * @module
 */

import pg from "../../deps/pg.ts";
import { EventoDBError } from "../../errors.ts";
import { backendFailure, lasting, passing, type Remedy } from "../backend_failure.ts";
import { namespaceNotFound } from "../refusals.ts";
import { Busy } from "./connection/gate.ts";

const lost = passing(
  "closed the connection during a request",
  "Try again: the server connects by itself once the database is back",
);

const silent = passing(
  "did not respond in time",
  "Try again; check that it runs, also behind a pooler",
);

/** By SQLSTATE, by the system's error code, or by the text that `npm:pg` has instead of a code. */
const remedies: Record<string, Remedy> = {
  "28P01": lasting("refused the password", "Check user and password in the URL"),
  "28000": lasting("refused the login", "Check the user, and pg_hba.conf on the server"),
  "3D000": lasting("does not exist", "Create it (createdb), or use another one"),
  "42501": lasting(
    "refused permission",
    "Let the role create schemas in it: GRANT CREATE ON DATABASE … TO …",
  ),
  "53100": lasting("cannot grow: the disk is full", "Free some space"),
  "53200": passing("is out of memory", "Try again"),
  "53300": passing(
    "has no connection left",
    "Raise its max_connections, or run fewer servers on it",
  ),
  "55P03": passing(
    "has a lock on the messages that another session holds",
    "End that session (a dump or a long query), and try again",
  ),
  "2BP01": lasting(
    "has other objects that depend on the messages",
    "Drop those (views, foreign keys), and try again",
  ),
  "25006": lasting("is read-only (a standby?)", "Use the primary server"),
  "57014": passing("cancelled the statement", "Raise the role's statement_timeout"),
  "40001": passing("rolled the statement back", "Try again"),
  "40P01": passing("rolled the statement back", "Try again"),
  "57P01": lost,
  "57P02": lost,
  "57P03": passing("is starting up or shutting down", "Try again shortly"),
  ECONNREFUSED: passing(
    "refused the connection",
    "Check that Postgres runs there, and host and port in the URL",
  ),
  ENOTFOUND: passing("is on a host that cannot be found", "Check the host in the URL"),
  EAI_AGAIN: passing(
    "is on a host whose name cannot be resolved",
    "Check the host in the URL, and the network",
  ),
  ENOENT: passing(
    "has no socket in that folder",
    "Check the host in the URL, and that Postgres runs",
  ),
  "timeout exceeded when trying to connect": silent,
  "Connection terminated due to connection timeout": silent,
  "Query read timeout": silent,
  "The server does not support SSL connections": lasting(
    "has no TLS",
    "Enable it on the server (ssl = on), or use sslmode=disable",
  ),
};

/** Errors of TLS: OpenSSL's codes, and rustls's words, which is what Deno has. */
const certificateProblem =
  /certificate|CERT_|SELF_SIGNED|UNABLE_TO_|UnknownIssuer|NotValidForName/i;

/** Whether Postgres itself refused the statement: the connection is as good as before. */
export function isRefused(error: unknown): boolean {
  return error instanceof pg.DatabaseError && !/^(08|57P)/.test(error.code ?? "");
}

/** Whether what was asked for may or may not have been done, since no response came. */
export function isOutcomeUnknown(error: unknown): boolean {
  return !isRefused(error instanceof EventoDBError ? error.cause : error);
}

/** The SQLSTATE of what Postgres threw, also from inside an {@linkcode EventoDBError}. */
export function sqlState(error: unknown): string | undefined {
  const thrown = error instanceof EventoDBError ? error.cause : error;
  return thrown instanceof pg.DatabaseError ? thrown.code : undefined;
}

/**
 * Whether a table or function was not there, as when its namespace has been deleted: before the
 * statement, or (XX000) while it was at it.
 */
export function isMissing(error: unknown): boolean {
  return ["42P01", "3F000", "42883", "XX000"].includes(sqlState(error) ?? "");
}

/** Says of a namespace whose tables are not there that it is not. */
export async function whileThere<T>(id: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isMissing(error) ? namespaceNotFound(id) : error;
  }
}

export function backendError(error: unknown, name: string): EventoDBError {
  return backendFailure(error, name, remedyOf);
}

function remedyOf(error: Error): Remedy {
  if (error instanceof Busy) {
    return passing("is busy: all connections of this server are in use", "Try again");
  }
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const known = remedies[code] ?? remedies[error.message];
  if (known !== undefined) return known;
  if (error instanceof pg.DatabaseError && !code.startsWith("08")) {
    return lasting("failed", "See its log for more");
  }
  if (error.message.includes("password must be")) {
    return lasting("asks for a password", "Add it to the URL, or set PGPASSWORD");
  }
  if (error.name === "NotCapable" || code === "EPERM" || code === "EACCES") {
    return lasting(
      "cannot be used without Deno's permission",
      "Run with --allow-net=HOST:PORT of the database and --allow-env=PG*",
    );
  }
  if (certificateProblem.test(`${code} ${error.message}`)) {
    return lasting(
      "has a certificate that is not trusted",
      "Name its authority by sslrootcert=FILE, or check the host in the URL",
    );
  }
  // Whatever else comes from a socket: reset, closed, unreachable, timed out.
  return lost;
}
