/**
 * What Postgres and the network say, turned into errors that name the database and the way out.
 *
 * @module
 */

import pg from "../../deps/pg.ts";
import { EventoDBError } from "../../errors.ts";
import { backendFailure, type Remedy, unavailableStatus } from "../backend_failure.ts";
import { namespaceNotFound } from "../refusals.ts";
import { Busy } from "./connection/gate.ts";

const lost: Remedy = {
  said: "closed the connection during a request",
  remedy: "Try again: the server connects by itself once the database is back",
  status: unavailableStatus,
};

const silent: Remedy = {
  said: "did not respond in time",
  remedy: "Try again; check that it runs, also behind a pooler",
  status: unavailableStatus,
};

const busy: Remedy = {
  said: "is busy: all connections of this server are in use",
  remedy: "Try again",
  status: unavailableStatus,
};

const starting: Remedy = {
  said: "is starting up or shutting down",
  remedy: "Try again shortly",
  status: unavailableStatus,
};

/** By SQLSTATE, by the system's error code, or by the text that `npm:pg` has instead of a code. */
const remedies: Record<string, Remedy> = {
  "28P01": { said: "refused the password", remedy: "Check user and password in the URL" },
  "28000": { said: "refused the login", remedy: "Check the user, and pg_hba.conf on the server" },
  "3D000": { said: "does not exist", remedy: "Create it (createdb), or use another one" },
  "42501": {
    said: "refused permission",
    remedy: "Let the role create schemas in it: GRANT CREATE ON DATABASE … TO …",
  },
  "53100": { said: "cannot grow: the disk is full", remedy: "Free some space" },
  "53200": { said: "is out of memory", remedy: "Try again", status: unavailableStatus },
  "53300": {
    said: "has no connection left",
    remedy: "Raise its max_connections, or run fewer servers on it",
    status: unavailableStatus,
  },
  "55P03": {
    said: "has a lock on the messages that another session holds",
    remedy: "End that session (a dump or a long query), and try again",
    status: unavailableStatus,
  },
  "2BP01": {
    said: "has other objects that depend on the messages",
    remedy: "Drop those (views, foreign keys), and try again",
  },
  "25006": { said: "is read-only (a standby?)", remedy: "Use the primary server" },
  "57014": {
    said: "cancelled the statement",
    remedy: "Raise the role's statement_timeout",
    status: unavailableStatus,
  },
  "40001": { said: "rolled the statement back", remedy: "Try again", status: unavailableStatus },
  "40P01": { said: "rolled the statement back", remedy: "Try again", status: unavailableStatus },
  "57P01": lost,
  "57P02": lost,
  "57P03": starting,
  ECONNREFUSED: {
    said: "refused the connection",
    remedy: "Check that Postgres runs there, and host and port in the URL",
    status: unavailableStatus,
  },
  ENOTFOUND: {
    said: "is on a host that cannot be found",
    remedy: "Check the host in the URL",
    status: unavailableStatus,
  },
  EAI_AGAIN: {
    said: "is on a host whose name cannot be resolved",
    remedy: "Check the host in the URL, and the network",
    status: unavailableStatus,
  },
  ENOENT: {
    said: "has no socket in that folder",
    remedy: "Check the host in the URL, and that Postgres runs",
    status: unavailableStatus,
  },
  "timeout exceeded when trying to connect": silent,
  "Connection terminated due to connection timeout": silent,
  "Query read timeout": silent,
  "The server does not support SSL connections": {
    said: "has no TLS",
    remedy: "Enable it on the server (ssl = on), or use sslmode=disable",
  },
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

/** Makes of what was thrown an {@linkcode EventoDBError} that says what to do. */
export function backendError(error: unknown, name: string): EventoDBError {
  return backendFailure(error, name, remedyOf);
}

function remedyOf(error: Error): Remedy {
  if (error instanceof Busy) return busy;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const known = remedies[code] ?? remedies[error.message];
  if (known !== undefined) return known;
  if (error instanceof pg.DatabaseError && !code.startsWith("08")) {
    return { said: "failed", remedy: "See its log for more" };
  }
  if (error.message.includes("password must be")) {
    return { said: "asks for a password", remedy: "Add it to the URL, or set PGPASSWORD" };
  }
  if (error.name === "NotCapable" || code === "EPERM" || code === "EACCES") {
    return {
      said: "cannot be used without Deno's permission",
      remedy: "Run with --allow-net=HOST:PORT of the database and --allow-env=PG*",
    };
  }
  if (certificateProblem.test(`${code} ${error.message}`)) {
    return {
      said: "has a certificate that is not trusted",
      remedy: "Name its authority by sslrootcert=FILE, or check the host in the URL",
    };
  }
  // Whatever else comes from a socket: reset, closed, unreachable, timed out.
  return lost;
}
