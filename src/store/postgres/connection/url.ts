/**
 * Where a Postgres is and how to get in, from a URL as libpq has it.
 *
 * @module
 */

import { EventoDBError } from "../../../errors.ts";

/** How much TLS there is, as libpq names it. */
export type SslMode = "disable" | "prefer" | "require" | "verify-ca" | "verify-full";

/** What a URL says. What it leaves out is `undefined`; `npm:pg` then looks at `PG*`. */
export interface PostgresAddress {
  /** A host name, an IP address, or the folder of a Unix socket. */
  host: string | undefined;
  port: number | undefined;
  /** The role to log in as. */
  user: string | undefined;
  /** Its password. Never part of a message. */
  password: string | undefined;
  database: string | undefined;
  sslMode: SslMode;
  /** File of the certificate authority to trust; `undefined` for those that Deno trusts. */
  sslRootCert: string | undefined;
  sslCert: string | undefined;
  sslKey: string | undefined;
  /** What `pg_stat_activity` shows. */
  applicationName: string;
  /** Host and database in short, for messages: without user and password. */
  name: string;
}

const sslModes: readonly SslMode[] = ["disable", "prefer", "require", "verify-ca", "verify-full"];

const form = "it must look like postgres://user:password@host:5432/database, " +
  "with special characters of the password escaped (%23 for #, %2F for /, %40 for @)";

/**
 * Reads a URL such as `postgres://user:password@host:5432/database?sslmode=require`.
 *
 * @throws {EventoDBError} `INVALID_REQUEST` that says what is wrong, and never repeats the URL: there
 * may be a password in any part of a malformed one.
 */
export function parsePostgresUrl(url: string): PostgresAddress {
  const parsed = URL.parse(url);
  if (parsed === null || !["postgres:", "postgresql:"].includes(parsed.protocol)) {
    throw malformed(form);
  }
  // What an unescaped character of a password does to a URL is to move its parts.
  if (parsed.hash !== "" || /[@/]/.test(parsed.pathname.slice(1))) {
    throw malformed(form);
  }
  const parameters = new Map<string, string>();
  for (const [name, value] of parsed.searchParams) {
    if (!knownParameters.includes(name)) {
      throw malformed(
        `it has an unknown parameter; known are ${knownParameters.join(", ")}`,
      );
    }
    parameters.set(name, value);
  }
  const host = parameters.get("host") ?? unescape(parsed.hostname.replace(/^\[(.*)\]$/, "$1"));
  const port = parsed.port === "" ? undefined : Number(parsed.port);
  const database = unescape(parsed.pathname.slice(1));
  return {
    host: host || undefined,
    port,
    user: unescape(parsed.username) || undefined,
    password: unescape(parsed.password) || undefined,
    database: database || undefined,
    sslMode: sslModeOf(parameters, host),
    sslRootCert: parameters.get("sslrootcert"),
    sslCert: parameters.get("sslcert"),
    sslKey: parameters.get("sslkey"),
    applicationName: parameters.get("application_name") ?? "eventodb",
    name: `postgres://${host}${port === undefined ? "" : `:${port}`}/${database}`,
  };
}

/** The parameters there are; any other one is refused, since it would not do what it promises. */
const knownParameters: readonly string[] = [
  "host",
  "sslmode",
  "sslrootcert",
  "sslcert",
  "sslkey",
  "application_name",
];

function sslModeOf(parameters: ReadonlyMap<string, string>, host: string): SslMode {
  // A Unix socket knows no TLS; elsewhere it is used where the server has it, as libpq does.
  const value = parameters.get("sslmode") ?? (host.startsWith("/") ? "disable" : "prefer");
  const mode = sslModes.find((mode) => mode === value);
  if (mode === undefined) throw malformed(`its sslmode must be one of ${sslModes.join(", ")}`);
  return mode;
}

function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw malformed("it has a % that is not followed by two hex digits: write %25 for it");
  }
}

function malformed(reason: string): EventoDBError {
  return new EventoDBError("INVALID_REQUEST", `Cannot read the database URL: ${reason}`, {
    details: { option: "db-url" },
  });
}
