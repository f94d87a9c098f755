/**
 * One connection to Postgres, in use: statements, and whether the connection can be used after they failed.
 *
 * @module
 */

import type { CustomTypesConfig, PoolClient } from "../../../deps/pg.ts";
import { postgresAliveMs, postgresPageMs, postgresResponseMs } from "../limits.ts";
import { backendError, isRefused } from "../errors.ts";
import type { CopyOut } from "./copy_out.ts";
import type { SqlValue } from "../names.ts";

/** Whatever runs statements: the pool, or one transaction. */
export interface Queryable {
  /** Runs a statement; `T` is what the caller knows of its columns. */
  query<T>(sql: string, values?: readonly SqlValue[]): Promise<T[]>;
}

/** OIDs of the types that come as something else than text. */
const types: CustomTypesConfig = {
  getTypeParser: (oid: number) => {
    if (oid === 16) return (text: string) => text === "t";
    if (oid === 20 || oid === 23) return Number;
    return String;
  },
};

export interface SessionListener {
  /** The database has responded. */
  heard(): void;
  /** The connection can no longer be used. */
  lost(): void;
  /** Resolves when the database is alive, as another connection sees it. */
  probe(): Promise<void>;
  /** The connection is given back. */
  released(): void;
}

export class Session implements Queryable, AsyncDisposable {
  readonly #client: PoolClient;
  readonly #name: string;
  readonly #listener: SessionListener;
  #inTransaction = false;
  #isBroken = false;

  /** @param name The database, for messages. */
  constructor(client: PoolClient, name: string, listener: SessionListener) {
    this.#client = client;
    this.#name = name;
    this.#listener = listener;
  }

  /** Makes sure that the database responds. */
  async ask(): Promise<void> {
    await this.#query("SELECT 1", [], postgresAliveMs);
  }

  /** The connection itself, for what is not a statement. */
  get client(): PoolClient {
    return this.#client;
  }

  /**
   * Runs a statement that takes little time: when it takes longer, the database may be down, and a pooler
   * in between not say so.
   */
  query<T>(sql: string, values: readonly SqlValue[] = []): Promise<T[]> {
    return this.#query<T>(sql, values, postgresResponseMs, true);
  }

  /** Runs a statement that may have to look at many rows before it finds a page of them. */
  queryPage<T>(sql: string, values: readonly SqlValue[]): Promise<T[]> {
    return this.#query<T>(sql, values, postgresPageMs);
  }

  /** Runs a statement that may take as long as it takes. */
  queryLong<T>(sql: string, values: readonly SqlValue[] = []): Promise<T[]> {
    return this.#query<T>(sql, values, 0);
  }

  /** Runs a COPY, whose result is there when this resolves. */
  copyOut(copy: CopyOut): Promise<void> {
    return this.#guard(() =>
      new Promise((resolve, reject) => {
        copy.callback = (error) => error ? reject(error) : resolve();
        this.#client.query(copy);
      })
    );
  }

  /** Says that nothing can be asked of the connection any more. */
  abandon(): void {
    this.#isBroken = true;
  }

  /** Rolls back what is open, and gives the connection back; a broken one is closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (this.#inTransaction && !this.#isBroken) await this.query("ROLLBACK");
    } catch {
      // The database does it by itself once the connection is gone.
      this.#isBroken = true;
    }
    this.#client.release(this.#isBroken);
    this.#listener.released();
  }

  async #query<T>(
    sql: string,
    values: readonly SqlValue[],
    responseMs: number,
    isProbed = false,
  ): Promise<T[]> {
    if (sql === "BEGIN") this.#inTransaction = true;
    const { rows } = await this.#guard(() => {
      const response = this.#client.query({
        text: sql,
        values: [...values],
        types,
        ...(responseMs === 0 ? {} : { query_timeout: responseMs }),
      });
      return isProbed ? this.#whileAlive(response) : response;
    });
    if (sql === "COMMIT" || sql === "ROLLBACK") this.#inTransaction = false;
    return (rows ?? []) as T[];
  }

  /** Gives up on a response that is late when the database is not alive. */
  async #whileAlive<T>(response: Promise<T>): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const dead = new Promise<never>((_, reject) => {
      timer = setTimeout(() => this.#listener.probe().catch(reject), postgresAliveMs);
    });
    try {
      return await Promise.race([response, dead]);
    } finally {
      clearTimeout(timer);
      response.catch(() => {});
    }
  }

  /** Notes when the connection can no longer be used, and says what is wrong. */
  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      this.#listener.heard();
      return result;
    } catch (error) {
      if (isRefused(error)) this.#listener.heard();
      else {
        this.#isBroken = true;
        this.#listener.lost();
      }
      throw backendError(error, this.#name);
    }
  }
}
