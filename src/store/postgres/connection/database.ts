/**
 * The connections to one Postgres: a bounded pool, statements, transactions.
 *
 * Nothing is kept in a session beyond a transaction (no prepared statements, no settings, no
 * temporary tables), so that a pooler may stand in between.
 *
 * @module
 */

import { within } from "../../../waiting.ts";
import { storeClosed } from "../../refusals.ts";
import { delay } from "../../../deps/delay.ts";
import pg, { type PoolConfig } from "../../../deps/pg.ts";
import { shutdownMs } from "../../../limits.ts";
import {
  postgresAliveMs,
  postgresConnectionsMax,
  postgresConnectMs,
  postgresHeardMs,
  postgresImportPollMs,
  postgresPageMs,
} from "../limits.ts";
import { type Queryable, Session } from "./session.ts";
import { inline, type SqlValue } from "../names.ts";
import { type CopiedText, CopyOut } from "./copy_out.ts";
import { backendError, isRefused, sqlState } from "../errors.ts";
import { Gate } from "./gate.ts";
import { tlsOptions } from "./tls.ts";
import { parsePostgresUrl, type PostgresAddress } from "./url.ts";

export class Database implements Queryable, AsyncDisposable {
  /** Host and database in short, for messages. */
  readonly name: string;
  /** What this server calls itself in notices to others. */
  readonly server: string = crypto.randomUUID();
  readonly #pool: pg.Pool;
  readonly #gate = new Gate(postgresConnectionsMax);
  /** When the database has last said anything. */
  #heardAt = -Infinity;
  #asking: Promise<void> | undefined;
  #probing: Promise<void> | undefined;

  private constructor(name: string, pool: pg.Pool) {
    this.name = name;
    this.#pool = pool;
  }

  /** @throws {EventoDBError} `INVALID_REQUEST` for the URL, `BACKEND_ERROR` when it is unavailable. */
  static async open(url: string): Promise<Database> {
    const address = parsePostgresUrl(url);
    const pool = await connect(address);
    return new Database(address.name, pool);
  }

  get connections(): number {
    return this.#pool.totalCount;
  }

  async query<T>(sql: string, values: readonly SqlValue[] = []): Promise<T[]> {
    await using session = await this.session();
    return await session.query<T>(sql, values);
  }

  async queryPage<T>(sql: string, values: readonly SqlValue[]): Promise<T[]> {
    await using session = await this.session();
    return await session.queryPage<T>(sql, values);
  }

  /**
   * Runs a statement of the same kind whose rows are numbers, and then a text that comes as bytes.
   *
   * @param sql The statement, with no `$` but of its values; {@linkcode CopyOut} says what its rows are.
   * @returns The last row's numbers, and the texts in one; `undefined` when there is no row.
   */
  async copyPage(
    sql: string,
    values: readonly SqlValue[],
    numbers: number,
    textBytes: number,
  ): Promise<CopiedText | undefined> {
    await using session = await this.session();
    const copy = new CopyOut(inline(sql, values), numbers, textBytes, postgresPageMs);
    await session.copyOut(copy);
    return copy.result;
  }

  /** Makes a connection beside the pool, for as long as its taker likes. */
  async connectApart(): Promise<pg.Client> {
    const client = new pg.Client({ ...this.#pool.options });
    client.on("error", () => {});
    await client.connect();
    return client;
  }

  /**
   * Takes a connection out of the pool, once there is one; disposing of it gives it back.
   *
   * @throws {EventoDBError} `BACKEND_ERROR` when there is none in time, or the database is silent.
   */
  async session(): Promise<Session> {
    const session = await this.#connect();
    if (performance.now() - this.#heardAt < postgresHeardMs) return session;
    try {
      // A pooler takes connections also while its database is down, and lets a statement wait.
      await (this.#asking ??= session.ask().finally(() => this.#asking = undefined));
      return session;
    } catch (error) {
      await session[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Makes sure, on another connection, that the database is alive. */
  async #probe(): Promise<void> {
    const client = new pg.Client({
      ...this.#pool.options,
      connectionTimeoutMillis: postgresAliveMs,
      query_timeout: postgresAliveMs,
    });
    client.on("error", () => {});
    try {
      await client.connect();
      await client.query("SELECT 1");
      this.#heardAt = performance.now();
    } catch (error) {
      // That it has no connection left is a heartbeat too.
      if (!isRefused(error)) throw error;
    } finally {
      void client.end().catch(() => {});
    }
  }

  async #connect(): Promise<Session> {
    const until = performance.now() + postgresConnectMs;
    for (;;) {
      try {
        await this.#gate.enter(until);
      } catch (error) {
        throw backendError(error, this.name);
      }
      try {
        return new Session(await this.#pool.connect(), this.name, {
          heard: () => this.#heardAt = performance.now(),
          lost: () => this.#heardAt = -Infinity,
          probe: () => this.#probing ??= this.#probe().finally(() => this.#probing = undefined),
          released: () => this.#gate.leave(),
        });
      } catch (error) {
        this.#gate.leave();
        if (this.#pool.ending) throw storeClosed();
        if (!isUsedUp(error) || performance.now() >= until) throw backendError(error, this.name);
        this.#gate.limit(this.#pool.totalCount);
      }
      await delay(postgresImportPollMs);
    }
  }

  /** Runs work inside one transaction: committed when it resolves, rolled back when it rejects. */
  async transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    await using session = await this.session();
    await session.query("BEGIN");
    const result = await work(session);
    await session.query("COMMIT");
    return result;
  }

  /** Closes all connections, also those in use, once these have had their time. */
  async [Symbol.asyncDispose](): Promise<void> {
    await within(this.#pool.end(), shutdownMs);
  }
}

/** Postgres has no connection left for this server: of all, of its role's or of its database's. */
function isUsedUp(error: unknown): boolean {
  return sqlState(error) === "53300";
}

/** Makes the pool with one connection in it, so that what is wrong shows at once. */
async function connect(address: PostgresAddress): Promise<pg.Pool> {
  let ssl = await tlsOptions(address);
  for (;;) {
    const pool = makePool(address, ssl);
    try {
      (await pool.connect()).release();
      return pool;
    } catch (error) {
      await pool.end();
      const isWithoutTls = error instanceof Error &&
        error.message === "The server does not support SSL connections";
      if (!isWithoutTls || address.sslMode !== "prefer") throw backendError(error, address.name);
      ssl = false;
    }
  }
}

function makePool(address: PostgresAddress, ssl: PoolConfig["ssl"]): pg.Pool {
  const pool = new pg.Pool({
    host: address.host,
    port: address.port,
    user: address.user,
    password: address.password,
    database: address.database,
    application_name: address.applicationName,
    ssl,
    max: postgresConnectionsMax,
    connectionTimeoutMillis: postgresConnectMs,
    keepAlive: true,
  });
  // A connection that fails rejects the query that uses it. That it also emits an event that nobody handles
  // must not end the process.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}
