/**
 * The registry: which namespaces there are. Several servers share it: the store relies on what it has read for a
 * second at most.
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
import { messageCounts } from "./each_namespace.ts";
import { lockNamespace } from "./locks.ts";
import { takeNamespaceSteps } from "./migrate.ts";
import { REGISTRY, schemaOf } from "./names.ts";
import { CHANNEL, deletionNotice } from "./notices/notice.ts";
import { describeSchema } from "./schema.ts";

const TABLE = `${REGISTRY}.namespaces`;
const COLUMNS = 'id, token_hash AS "tokenHash", description, metadata, created_at AS "createdAt"';

export class Registry implements NamespaceRegistry {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

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

  async list(): Promise<NamespaceSummary[]> {
    const records = await this.#database.query<NamespaceRecord & { schema: string }>(
      `SELECT ${COLUMNS}, schema_name AS schema FROM ${TABLE} ORDER BY id`,
    );
    const counts = await messageCounts(this.#database, records.map(({ schema }) => schema));
    return records.flatMap(({ id, description, createdAt }, index) => {
      const messageCount = counts[index];
      return messageCount === undefined
        ? []
        : [{ namespace: id, description, createdAt, messageCount }];
    });
  }

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
      const locked = await lockNamespace(session, id);
      if (locked === undefined) return undefined;
      await session.query(`DELETE FROM ${TABLE} WHERE number = $1`, [locked.number]);
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
}
