/**
 * The registry: which namespaces there are. Several servers share it, so it is asked each time.
 *
 * @module
 */

import { delay } from "../../deps/delay.ts";
import { postgresImportPollMs, postgresLockWaitMs } from "./limits.ts";
import { nowTime } from "../../now.ts";
import type { NamespaceRegistry } from "../base_store.ts";
import { importInProgress, namespaceExists, namespaceNotFound } from "../refusals.ts";
import type { NamespaceSummary } from "../../listings.ts";
import type { NamespaceRecord, NewNamespace } from "../store.ts";
import type { Database } from "./connection/database.ts";
import { sqlState } from "./errors.ts";
import { LOCKS } from "./locks.ts";
import { takeNamespaceSteps } from "./migrate.ts";
import { REGISTRY, schemaOf } from "./names.ts";
import { CHANNEL, deletionNotice } from "./notices/notice.ts";
import { describeSchema } from "./schema.ts";

const TABLE = `${REGISTRY}.namespaces`;
const COLUMNS = 'id, token_hash AS "tokenHash", description, metadata, created_at AS "createdAt"';

/** The namespaces of one database. */
export class Registry implements NamespaceRegistry {
  readonly #database: Database;

  /** @param database The database, with its tables made. */
  constructor(database: Database) {
    this.#database = database;
  }

  /** Makes a namespace and its tables. */
  create({ id, tokenHash, description, metadata }: NewNamespace): Promise<NamespaceRecord> {
    const createdAt = nowTime();
    return this.#database.transaction(async (session) => {
      const schema = schemaOf(id);
      const [added] = await session.query<{ number: number }>(
        `INSERT INTO ${TABLE} (id, schema_name, version, token_hash, description, metadata, created_at)
         VALUES ($1, $2, 0, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING number`,
        [id, schema, tokenHash, description, metadata, createdAt],
      );
      if (added === undefined) throw namespaceExists(id);
      await session.query(`CREATE SCHEMA ${schema}; ${describeSchema(schema, id)}`);
      await takeNamespaceSteps(session, { schema, number: added.number }, 0);
      return { id, tokenHash, description, metadata, createdAt };
    });
  }

  async find(id: string): Promise<NamespaceRecord | undefined> {
    const [record] = await this.#database.query<NamespaceRecord>(
      `SELECT ${COLUMNS} FROM ${TABLE} WHERE id = $1`,
      [id],
    );
    return record;
  }

  async replaceToken(id: string, tokenHash: string): Promise<void> {
    const changed = await this.#database.query(
      `UPDATE ${TABLE} SET token_hash = $2 WHERE id = $1 RETURNING id`,
      [id, tokenHash],
    );
    if (changed.length === 0) throw namespaceNotFound(id);
  }

  /** All namespaces, by id in byte order. */
  async list(): Promise<NamespaceSummary[]> {
    const records = await this.#database.query<NamespaceRecord & { schema: string }>(
      `SELECT ${COLUMNS}, schema_name AS schema FROM ${TABLE} ORDER BY id`,
    );
    const counts = new Map<string, number>();
    for (let at = 0; at < records.length; at += 200) {
      await this.#count(records.slice(at, at + 200), counts);
    }
    return records.flatMap(({ id, description, createdAt }) => {
      const messageCount = counts.get(id);
      return messageCount === undefined
        ? []
        : [{ namespace: id, description, createdAt, messageCount }];
    });
  }

  /** Deletes a namespace and its messages, and waits for an import that is running. */
  async delete(id: string, importWaitMs: number): Promise<number> {
    const end = performance.now() + importWaitMs;
    let count = await this.#tryDelete(id);
    // No connection is held meanwhile: the import may need them all.
    while (count === undefined && performance.now() < end) {
      await delay(postgresImportPollMs);
      count = await this.#tryDelete(id);
    }
    if (count === undefined) throw importInProgress("delete", id);
    return count;
  }

  /** `undefined` while an import is running. */
  #tryDelete(id: string): Promise<number | undefined> {
    return this.#database.transaction(async (session) => {
      const [row] = await session.query<{ number: number; isAlone: boolean }>(
        `SELECT number, pg_try_advisory_xact_lock($2, number) AS "isAlone"
         FROM ${TABLE} WHERE id = $1`,
        [id, LOCKS.replacement],
      );
      if (row === undefined) throw namespaceNotFound(id);
      if (!row.isAlone) return undefined;
      await session.query("SELECT pg_advisory_xact_lock($1, $2)", [LOCKS.gate, row.number]);
      const gone = await session.query(`DELETE FROM ${TABLE} WHERE number = $1 RETURNING id`, [
        row.number,
      ]);
      if (gone.length === 0) throw namespaceNotFound(id);
      const schema = schemaOf(id);
      const [counts] = await session.query<{ messages: number }>(
        `SELECT coalesce(sum(messages), 0)::bigint AS messages FROM ${schema}.counts`,
      );
      await session.query("SELECT pg_notify($1, $2)", [
        CHANNEL,
        deletionNotice(this.#database.server, id),
      ]);
      await session.query(`SET LOCAL lock_timeout = ${postgresLockWaitMs}`);
      await session.queryLong(`DROP SCHEMA ${schema} CASCADE`);
      return counts?.messages ?? 0;
    });
  }

  /** Counts the messages of namespaces; one by one where one of them has just been deleted. */
  async #count(
    records: readonly { id: string; schema: string }[],
    counts: Map<string, number>,
  ): Promise<void> {
    const sql = records.map(({ schema }, index) =>
      `SELECT ${index} AS index, coalesce(sum(messages), 0)::bigint AS messages FROM ${schema}.counts`
    ).join(" UNION ALL ");
    try {
      const rows = await this.#database.query<{ index: number; messages: number }>(sql);
      for (const { index, messages } of rows) {
        const record = records[index];
        if (record !== undefined) counts.set(record.id, messages);
      }
    } catch (error) {
      if (sqlState(error) !== "42P01") throw error;
      if (records.length > 1) { for (const record of records) await this.#count([record], counts); }
    }
  }
}
