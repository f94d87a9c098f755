/**
 * TLS as libpq's `sslmode` has it.
 *
 * @module
 */

import type { PoolConfig } from "../../../deps/pg.ts";
import { EventoDBError } from "../../../errors.ts";
import type { PostgresAddress } from "./url.ts";

/**
 * The options of `npm:pg`.
 *
 * - `disable`: no TLS.
 * - `prefer`: TLS without a check of the certificate, none where the server has none.
 * - `require`: TLS without a check of the certificate.
 * - `verify-ca`: the certificate has to be of a trusted authority.
 * - `verify-full`: and of this host.
 *
 * @throws {EventoDBError} `BACKEND_ERROR` when a file cannot be read.
 */
export async function tlsOptions(address: PostgresAddress): Promise<PoolConfig["ssl"]> {
  if (address.sslMode === "disable") return false;
  const [ca, cert, key] = await Promise.all([
    read(address.sslRootCert, "sslrootcert"),
    read(address.sslCert, "sslcert"),
    read(address.sslKey, "sslkey"),
  ]);
  return {
    rejectUnauthorized: address.sslMode.startsWith("verify-"),
    ...(address.sslMode === "verify-ca" ? { checkServerIdentity: () => undefined } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

async function read(path: string | undefined, parameter: string): Promise<string | undefined> {
  if (path === undefined || path === "system") return undefined;
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw new EventoDBError(
      "BACKEND_ERROR",
      `Cannot read the file "${path}" of the database URL's ${parameter}: check that it exists ` +
        "and is readable by this user",
      { cause: error },
    );
  }
}
