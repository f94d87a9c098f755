/**
 * Brings the tables to this program's version at start, also when several servers start at once.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import { writtenByNewer } from "../refusals.ts";
import type { Database } from "./connection/database.ts";
import type { Queryable, Session } from "./connection/session.ts";
import { sqlState } from "./errors.ts";
import { REGISTRY } from "./names.ts";
import { LOCKS } from "./locks.ts";
import { NAMESPACE_STEPS, type NamespaceSchema, REGISTRY_STEPS } from "./schema.ts";

/** The oldest Postgres that has all that is used: `gen`erated columns came with 12, xid8 with 13. */
const serverVersionMin = 130_000;

/** Versions of the registry, and of the namespaces that are furthest behind and ahead. */
interface Versions {
  registry: number;
  oldest: number;
  newest: number;
}

/** Checks the server, and makes or changes the tables. Where nothing is to be done, that needs no right. */
export async function migrate(database: Database): Promise<void> {
  await checkServer(database);
  if (isCurrent(await readVersions(database), database.name)) return;
  await database.transaction(async (session) => {
    // A step may rewrite a large table, here or in a server that this one waits for: a role's settings
    // for its short statements would end that.
    await session.query("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0");
    await session.queryLong("SELECT pg_advisory_xact_lock($1, 0)", [LOCKS.migration]);
    // Another server may have done it while this one waited for the lock.
    const versions = await readVersions(session);
    if (isCurrent(versions, database.name)) return;
    await migrateRegistry(session, versions.registry);
    await migrateNamespaces(session);
  });
}

async function checkServer(database: Database): Promise<void> {
  const [server] = await database.query<Record<"version" | "encoding" | "isolation", string>>(
    `SELECT current_setting('server_version_num') AS version,
            current_setting('server_encoding') AS encoding,
            current_setting('default_transaction_isolation') AS isolation`,
  );
  const { version = "0", encoding = "", isolation = "" } = server ?? {};
  if (Number(version) < serverVersionMin) {
    throw refusal(
      database.name,
      `is Postgres ${Math.trunc(Number(version) / 10_000)}`,
      "13 or newer is needed: upgrade it",
    );
  }
  if (encoding !== "UTF8") {
    throw refusal(
      database.name,
      `has the encoding ${encoding}`,
      "UTF8 is needed: use another one",
    );
  }
  if (isolation !== "read committed") {
    throw refusal(
      database.name,
      `starts transactions as "${isolation}"`,
      "\"read committed\" is needed: ALTER ROLE … SET default_transaction_isolation = 'read committed'",
    );
  }
}

async function readVersions(from: Queryable): Promise<Versions> {
  const none = { registry: 0, oldest: NAMESPACE_STEPS.length, newest: 0 };
  // From the catalog's rows: `to_regclass` would return what the session knew before the lock.
  const [there] = await from.query<{ has: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_tables
                    WHERE schemaname = '${REGISTRY}' AND tablename = 'registry') AS has`,
  );
  if (!there?.has) return none;
  const [versions] = await from.query<Versions>(
    `SELECT (SELECT version FROM ${REGISTRY}.registry) AS registry,
            coalesce(min(version), $1) AS oldest, coalesce(max(version), 0) AS newest
     FROM ${REGISTRY}.namespaces`,
    [NAMESPACE_STEPS.length],
  );
  return versions ?? none;
}

function isCurrent({ registry, oldest, newest }: Versions, name: string): boolean {
  const ahead = [[registry, REGISTRY_STEPS.length], [newest, NAMESPACE_STEPS.length]]
    .find(([found = 0, known = 0]) => found > known);
  if (ahead !== undefined) throw writtenByNewer(`The database "${name}"`, ahead[0]!, ahead[1]!);
  return registry === REGISTRY_STEPS.length && oldest === NAMESPACE_STEPS.length;
}

async function migrateRegistry(session: Session, version: number): Promise<void> {
  if (version === REGISTRY_STEPS.length) return;
  for (const step of REGISTRY_STEPS.slice(version)) {
    try {
      await session.query(step);
    } catch (error) {
      if (sqlState(error) !== "42P06") throw error;
      throw new EventoDBError(
        "BACKEND_ERROR",
        `The database has a schema "${REGISTRY}" that is not EventoDB's: nothing was changed; ` +
          "use another database, or rename the schema",
        { cause: error },
      );
    }
  }
  await session.query(`UPDATE ${REGISTRY}.registry SET version = $1`, [REGISTRY_STEPS.length]);
}

async function migrateNamespaces(session: Session): Promise<void> {
  const behind = await session.query<NamespaceSchema & { version: number }>(
    `SELECT schema_name AS schema, number, version FROM ${REGISTRY}.namespaces
     WHERE version < $1 ORDER BY number FOR UPDATE`,
    [NAMESPACE_STEPS.length],
  );
  for (const namespace of behind) {
    // No write may be halfway through the old function.
    await session.queryLong("SELECT pg_advisory_xact_lock($1, $2)", [LOCKS.gate, namespace.number]);
    await takeNamespaceSteps(session, namespace, namespace.version);
  }
}

export async function takeNamespaceSteps(
  session: Session,
  namespace: NamespaceSchema,
  version: number,
): Promise<void> {
  for (const step of NAMESPACE_STEPS.slice(version)) await session.queryLong(step(namespace));
  await session.query(`UPDATE ${REGISTRY}.namespaces SET version = $1 WHERE number = $2`, [
    NAMESPACE_STEPS.length,
    namespace.number,
  ]);
}

function refusal(name: string, said: string, remedy: string): EventoDBError {
  return new EventoDBError("BACKEND_ERROR", `The database "${name}" ${said}. ${remedy}`);
}
