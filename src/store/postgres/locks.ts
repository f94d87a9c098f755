/**
 * Advisory locks: which servers on one database share.
 *
 * @module
 */

import { namespaceNotFound } from "../refusals.ts";
import type { Session } from "./connection/session.ts";
import { REGISTRY } from "./names.ts";

/**
 * The first keys of the locks; the second key is the namespace's number. All of them are held to the
 * end of a transaction and no longer. They are spelled "EvD" and a number, since other programs in
 * the same database may have theirs.
 */
export const LOCKS = {
  /** Held while the tables are made or changed at start. Second key: 0. */
  migration: 0x45764400,
  /** Held by an import or a deletion, of which there is one at a time. */
  replacement: 0x45764401,
  /** Held by an import or a deletion alone, by any number of writes together. */
  gate: 0x45764402,
  /** Held by a step that takes messages into the index of links. */
  links: 0x45764403,
} as const;

/**
 * Has a namespace for itself until the transaction ends: no other one imports into it, deletes it or writes to it.
 *
 * @returns Its number, and the transaction's id; `undefined` when an import or a deletion is under way.
 * @throws {EventoDBError} `NAMESPACE_NOT_FOUND`.
 */
export async function lockNamespace(
  session: Session,
  id: string,
): Promise<{ number: number; transactionId: string } | undefined> {
  const [row] = await session.query<{ number: number; isAlone: boolean; transactionId: string }>(
    `SELECT number, pg_try_advisory_xact_lock($2, number) AS "isAlone",
            pg_current_xact_id()::text AS "transactionId"
     FROM ${REGISTRY}.namespaces WHERE id = $1`,
    [id, LOCKS.replacement],
  );
  if (row === undefined) throw namespaceNotFound(id);
  if (!row.isAlone) return undefined;
  // It may have been deleted since it was found, and made again under another number; from here on it cannot be.
  const held = await session.queryLong(
    `SELECT pg_advisory_xact_lock($1, number) FROM ${REGISTRY}.namespaces WHERE number = $2`,
    [LOCKS.gate, row.number],
  );
  if (held.length === 0) throw namespaceNotFound(id);
  return row;
}
